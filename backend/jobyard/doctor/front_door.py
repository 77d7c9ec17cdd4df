"""How browsers come in: the public address, and what its cookie, its proxies and its neighbours are trusted with."""

import ipaddress
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from jobyard.doctor.findings import Finding, fail, ok, warn
from jobyard.settings import Settings

NAME = "front door"
EVERYWHERE = 8
"""A network of trusted proxies with a shorter prefix is nearly everybody."""


def check_front_door(settings: Settings) -> Sequence[Finding]:
    """The settings beside one another: each alone was checked when it was read."""
    found = [*_cookie(settings), *_origins(settings), *_proxies(settings), *_sign_up(settings)]
    cookie = "__Host-jobyard, Secure" if settings.is_https else "jobyard, not Secure"
    return found or [ok(NAME, f"browsers come by {settings.public_url}; the cookie is {cookie}")]


def _cookie(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.public_url).hostname
    if settings.production and not settings.is_https:
        message = f"JOBYARD_PUBLIC_URL is {settings.public_url}: no Secure cookie, and no sign-in from elsewhere"
        yield warn(NAME, message, "put a front door with a certificate before it; set JOBYARD_PUBLIC_URL to https://…")
    if not settings.production and settings.is_https and host not in ("localhost", "127.0.0.1", "::1"):
        message = f"{settings.public_url} is served with the defaults of development: open sign-up, demo kinds"
        yield warn(NAME, message, "set JOBYARD_ENV=production, and JOBYARD_SIGNUP to who may sign up")


def _origins(settings: Settings) -> Iterator[Finding]:
    for origin in settings.allowed_origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            message = f"JOBYARD_ALLOWED_ORIGINS has {origin!r}, which no browser sends"
            yield warn(NAME, message, "write origins as https://pages.example.org, without path or slash at the end")
        elif parts.scheme == "http" and settings.is_https:
            message = f"JOBYARD_ALLOWED_ORIGINS trusts pages of {origin}, which anybody on the way can change"
            yield warn(NAME, message, "name its https:// origin")


def _proxies(settings: Settings) -> Iterator[Finding]:
    for proxy in settings.trusted_proxies:
        try:
            network = ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            if proxy == "*":
                yield _trusts_all(proxy)
            continue
        if network.prefixlen < EVERYWHERE:
            yield _trusts_all(proxy)


def _trusts_all(proxy: str) -> Finding:
    message = f"JOBYARD_TRUSTED_PROXIES has {proxy}: everybody may say from which address they come, past the throttles"
    return fail(NAME, message, "name the addresses of the front door alone")


def _sign_up(settings: Settings) -> Iterator[Finding]:
    if settings.signup.startswith("domain:") and not settings.smtp_url:
        message = f"JOBYARD_SIGNUP is {settings.signup} without a mail server: anybody can claim an address there"
        yield warn(NAME, message, "set JOBYARD_SMTP_URL, or JOBYARD_SIGNUP=invite")
