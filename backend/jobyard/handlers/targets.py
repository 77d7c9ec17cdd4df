"""Which URLs and headers a request may have, and where a redirect leads: rules without any network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from jobyard.handlers.addresses import is_address

URL_LENGTH = 8_000
HEADERS_MOST = 50
HEADER_LENGTH = 8_192

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_HEADER_VALUE = re.compile(r"|[!-~]([ -~\t]*[!-~])?")

# Who sets these decides where a message ends, or what is said to the next server on the way (request smuggling).
_FRAMING = re.compile(
    r"host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|http2-settings|expect|proxy-.*",
    re.IGNORECASE,
)

# What must not follow a redirect to somebody else. A name that is not in the list of standard ones says it itself.
_SECRET = re.compile(r"auth|cookie|credential|key|passw|secret|session|signature|token", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes out; `headers` are those that the user set."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    body: bytes


def parse_url(text: str) -> httpx.URL:
    """The URL in the form in which it is used. Raises ValueError that says what is wrong, without the field's name."""
    if len(text) > URL_LENGTH:
        raise ValueError(f"must have {URL_LENGTH} characters at most, not {len(text)}")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: what the parser lets through (a bad IPv6 address)
        raise ValueError(f"must be a URL: {error}") from error
    if url.scheme not in ("http", "https"):
        raise ValueError(f"must begin with http:// or https://, not {text[:40]!r}")
    if url.userinfo:
        raise ValueError("must not hold a user name or password; use an Authorization header")
    host = url.raw_host.decode("ascii")
    if not (is_address(host) or _HOST_NAME.fullmatch(host)):
        raise ValueError(f"must have a host name or an IP address, not {host[:80]!r}")
    if url.port is not None and not 1 <= url.port <= 65_535:
        raise ValueError(f"must have a port from 1 to 65535, not {url.port}")
    return url


def header_problem(name: str, value: str) -> str | None:
    """What is wrong with a header, or None."""
    if not _HEADER_NAME.fullmatch(name):
        return "is not a header name (letters, digits and - . _ ; 128 at most)"
    if _FRAMING.fullmatch(name):
        return "can't be set: it belongs to the connection, not to the request"
    if len(value) > HEADER_LENGTH:
        return f"must have {HEADER_LENGTH} characters at most, not {len(value)}"
    if not _HEADER_VALUE.fullmatch(value):
        return "must be printable ASCII, without line breaks and without space at either end"
    return None


def redirected(request: Request, status: int, location: str) -> Request:
    """The request that follows. Raises ValueError, as `parse_url`, for a place that can't be gone to."""
    try:
        joined = str(request.url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError(f"must be a URL: {error}") from error
    url = parse_url(joined)
    method, body, headers = request.method, request.body, dict(request.headers)
    # As browsers do, and so every server expects it: after 303, and after 301 or 302 of a POST, the rest is a GET.
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        method, body = "GET", b""
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
    if origin(url) != origin(request.url):
        headers = {name: value for name, value in headers.items() if not _SECRET.search(name)}
    return Request(method, url, headers, body)


def origin(url: httpx.URL) -> tuple[str, bytes, int]:
    """What tells one site from another."""
    return url.scheme, url.raw_host, url.port or (443 if url.scheme == "https" else 80)
