"""The one reader of the environment. Every setting is a JOBYARD_ variable; docs/operations.md lists them."""

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from jobyard.domain.limits import BOUNDS, Limits

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

SECRET_MIN_BYTES = 32
HOW_TO_MAKE_ONE = 'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
WEAK_SECRETS = ("secret", "changeme", "change-me", "password", "jobyard", "0123456789", "example")


AUDIENCES = ("everyone", "verified", "admins", "off")
"""Who may submit a kind (handlers/registry.py has them as Audience)."""

LIMIT_PREFIX = "JOBYARD_LIMIT_"
"""Before the name of a limit in capitals (domain/limits.py)."""


class SettingsError(Exception):
    """A setting is missing or wrong. The message names the variable, the rule and the value (never a secret's)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set. Durations are seconds."""

    production: bool
    database_url: str
    secret: str
    public_url: str
    api_host: str = "127.0.0.1"
    api_port: int = 8000
    metrics_port: int | None = None
    previous_secrets: tuple[str, ...] = ()
    signup: str = "closed"
    signups_per_address: int = 300
    signin_failures_per_account: int = 10
    signin_failures_per_address: int = 100
    mails_per_address: int = 20
    smtp_url: str = ""
    mail_from: str = ""
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    embedded_worker: bool = True
    worker_name: str = ""
    worker_slots: int = 50
    lease_seconds: float = 20.0
    stuck_seconds: float = 120.0
    shutdown_grace_seconds: float = 20.0
    outbound_allow: tuple[IpNetwork, ...] = ()
    demo_kinds: bool = False
    kind_audiences: Mapping[str, str] = field(default_factory=dict[str, str])
    show_queue_depth: bool = False
    limits: Limits = field(default_factory=Limits)
    api_processes: int = 1
    audit_days: int = 400
    log_json: bool = True
    database_pooler: str = "none"
    database_direct_url: str = ""

    @property
    def session_url(self) -> str:
        """The database's address for what needs a session of its own: LISTEN, migrations. Empty: there is none."""
        return self.database_direct_url or ("" if self.database_pooler == "transaction" else self.database_url)

    @property
    def all_secrets(self) -> tuple[str, ...]:
        """The one that signs, and those before it that are still accepted."""
        return (self.secret, *self.previous_secrets)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by https: it decides the name of the cookie and its `Secure`."""
        return self.public_url.startswith("https://")

    @property
    def database_place(self) -> str:
        """Where the database is, to be shown: without user and password."""
        return self.database_url.rpartition("@")[2].rpartition("//")[2].partition("?")[0]

    @property
    def origin(self) -> str:
        """The one origin of the page."""
        return self.public_url

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check everything. Raises SettingsError."""
        return _Reader(os.environ if environment is None else environment).settings()


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        mode = self._text("JOBYARD_ENV", "production")
        if mode not in ("production", "development"):
            raise SettingsError(f"JOBYARD_ENV must be production or development, not {mode!r}")
        self._production = mode == "production"

    def settings(self) -> Settings:
        production = self._production
        return Settings(
            production=production,
            database_url=self._database_url(),
            secret=self._secret(),
            public_url=self._public_url(),
            api_host=self._text("JOBYARD_API_HOST", "127.0.0.1"),
            api_port=self._number("JOBYARD_API_PORT", 8000, 1, 65535),
            metrics_port=self._number("JOBYARD_METRICS_PORT", 0, 0, 65535) or None,
            previous_secrets=self._previous_secrets(),
            signup=self._signup("closed" if production else "open"),
            signups_per_address=self._number("JOBYARD_SIGNUPS_PER_ADDRESS", 10 if production else 300, 1, 1000),
            signin_failures_per_account=self._number("JOBYARD_SIGNIN_FAILURES_PER_ACCOUNT", 10, 1, 1000),
            signin_failures_per_address=self._number("JOBYARD_SIGNIN_FAILURES_PER_ADDRESS", 100, 1, 1000),
            mails_per_address=self._number("JOBYARD_MAILS_PER_ADDRESS", 20, 1, 1000),
            smtp_url=self._smtp_url(),
            mail_from=self._mail_from(),
            allowed_origins=self._list("JOBYARD_ALLOWED_ORIGINS"),
            trusted_proxies=self._list("JOBYARD_TRUSTED_PROXIES") or ("127.0.0.1", "::1"),
            embedded_worker=self._flag("JOBYARD_EMBEDDED_WORKER", default=True),
            worker_name=self._text("JOBYARD_WORKER_NAME", "") or f"{socket.gethostname()}-{os.getpid()}",
            worker_slots=self._number("JOBYARD_WORKER_SLOTS", 50, 1, 1000),
            lease_seconds=float(self._number("JOBYARD_LEASE_SECONDS", 20, 2, 3600)),
            stuck_seconds=float(self._number("JOBYARD_STUCK_SECONDS", 120, 5, 3600)),
            shutdown_grace_seconds=float(self._number("JOBYARD_SHUTDOWN_GRACE_SECONDS", 20, 0, 3600)),
            outbound_allow=self._networks("JOBYARD_OUTBOUND_ALLOW"),
            demo_kinds=self._flag("JOBYARD_DEMO_KINDS", default=not production),
            kind_audiences=self._audiences("JOBYARD_KIND_AUDIENCES"),
            limits=self._limits(),
            show_queue_depth=self._flag("JOBYARD_SHOW_QUEUE_DEPTH", default=False),
            audit_days=self._number("JOBYARD_AUDIT_DAYS", 400, 1, 3650),
            api_processes=self._number("JOBYARD_API_PROCESSES", 1, 1, 64),
            log_json=self._flag("JOBYARD_LOG_JSON", default=production),
            database_pooler=self._choice("JOBYARD_DATABASE_POOLER", "none", "session", "transaction"),
            database_direct_url=self._checked_url("JOBYARD_DATABASE_DIRECT_URL"),
        )

    def _text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        text = self._text(name, str(default))
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or not least <= int(text) <= most:
            raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
        return int(text)

    def _limits(self) -> Limits:
        known = {LIMIT_PREFIX + name.upper(): name for name in BOUNDS}
        for variable in self._environment:
            if variable.startswith(LIMIT_PREFIX) and variable not in known:
                raise SettingsError(f"{variable} is no limit; there are {', '.join(sorted(known))}")
        usual = Limits()
        return Limits(**{
            name: type(getattr(usual, name))(self._number(variable, int(getattr(usual, name)), *BOUNDS[name]))
            for variable, name in known.items()
        })  # fmt: skip

    def _flag(self, name: str, *, default: bool) -> bool:
        text = self._text(name, "true" if default else "false").lower()
        if text not in ("true", "false", "1", "0"):
            raise SettingsError(f"{name} must be true or false, not {text!r}")
        return text in ("true", "1")

    def _list(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self._text(name, "").split(",") if part.strip())

    def _audiences(self, name: str) -> dict[str, str]:
        """By kind. Which kinds there are, is known where they are built (kinds.py)."""
        audiences: dict[str, str] = {}
        for text in self._list(name):
            kind, equals, audience = (part.strip() for part in text.partition("="))
            if not equals or not kind:
                raise SettingsError(f"{name} must be a list such as http.request=verified,demo.fail=off, not {text!r}")
            if audience not in AUDIENCES:
                allowed = f"{', '.join(AUDIENCES[:-1])} or {AUDIENCES[-1]}"
                raise SettingsError(f"{name}: the audience of {kind!r} must be {allowed}, not {audience!r}")
            if kind in audiences:
                raise SettingsError(f"{name} must name a kind once, and names {kind!r} twice")
            audiences[kind] = audience
        return audiences

    def _networks(self, name: str) -> tuple[IpNetwork, ...]:
        networks: list[IpNetwork] = []
        for text in self._list(name):
            try:
                networks.append(ipaddress.ip_network(text))
            except ValueError as error:
                raise SettingsError(f"{name} must be a list of CIDRs such as 10.0.0.0/8, not {text!r}") from error
        return tuple(networks)

    def _choice(self, name: str, default: str, *others: str) -> str:
        text = self._text(name, default)
        if text not in (default, *others):
            raise SettingsError(f"{name} must be {', '.join([default, *others[:-1]])} or {others[-1]}, not {text!r}")
        return text

    def _database_url(self) -> str:
        url = self._checked_url("JOBYARD_DATABASE_URL")
        if not url:
            raise SettingsError("JOBYARD_DATABASE_URL is not set: postgresql://user:password@host:port/database")
        return url

    def _checked_url(self, name: str) -> str:
        url = self._text(name, "")
        if not url:
            return ""
        if urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise SettingsError(f"{name} must begin with postgresql://")
        for host in urlsplit(url).netloc.rpartition("@")[2].split(","):
            port = host.rpartition("]")[2].rpartition(":")[2] if ":" in host.rpartition("]")[2] else ""
            if port and not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
                # Not its value: where a password has a slash, this is a piece of it.
                raise SettingsError(
                    f"{name} must have a port from 1 to 65535 after the colon of its host; "
                    "/ : @ in a user name or password are written %2F %3A %40"
                )
        return url

    def _secret(self) -> str:
        secret = self._text("JOBYARD_SECRET", "") or next(iter(self._secret_file()), "")
        if not secret:
            raise SettingsError(f"JOBYARD_SECRET is not set; {HOW_TO_MAKE_ONE}")
        if problem := _secret_problem(secret):
            raise SettingsError(f"JOBYARD_SECRET {problem}; {HOW_TO_MAKE_ONE}")
        return secret

    def _previous_secrets(self) -> tuple[str, ...]:
        """Secrets whose tokens are still good. One that was good enough to sign is good enough to be read."""
        in_file = () if self._text("JOBYARD_SECRET", "") else self._secret_file()[1:]
        secrets = (*self._list("JOBYARD_PREVIOUS_SECRETS"), *in_file)
        for number, secret in enumerate(secrets, start=1):
            if problem := _secret_problem(secret):
                raise SettingsError(f"JOBYARD_PREVIOUS_SECRETS: secret {number} of {len(secrets)} {problem}")
        return secrets

    def _secret_file(self) -> tuple[str, ...]:
        """One secret a line: the first signs, the others are previous ones."""
        path = self._text("JOBYARD_SECRET_FILE", "")
        if not path:
            return ()
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise SettingsError(f"JOBYARD_SECRET_FILE {path!r} cannot be read: {error.strerror}") from error
        return tuple(line.strip() for line in lines if line.strip())

    def _smtp_url(self) -> str:
        url = self._text("JOBYARD_SMTP_URL", "")
        if not url:
            return ""
        like = "smtp://user:password@mail.example.org:587 or smtps://mail.example.org"
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        # Never its value: where a password has a slash, it would be told.
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0 or parts.path.strip("/"):
            raise SettingsError(f"JOBYARD_SMTP_URL must be like {like}; / : @ in a password are written %2F %3A %40")
        if parts.query not in ("", "starttls=off"):
            raise SettingsError("JOBYARD_SMTP_URL may end in ?starttls=off, and in nothing else after a question mark")
        if parts.query and parts.password and parts.scheme == "smtp" and not _is_loopback(parts.hostname):
            raise SettingsError("JOBYARD_SMTP_URL has a password and starttls=off: it would cross the network bare")
        return url

    def _mail_from(self) -> str:
        sender = self._text("JOBYARD_MAIL_FROM", "")
        if not sender:
            if self._text("JOBYARD_SMTP_URL", ""):
                raise SettingsError("JOBYARD_MAIL_FROM is not set: with JOBYARD_SMTP_URL mails need a sender")
            return ""
        name, address = parseaddr(sender)
        local, _, domain = address.rpartition("@")
        if not local or not domain or not sender.isprintable() or sender not in (address, f"{name} <{address}>"):
            raise SettingsError(
                f"JOBYARD_MAIL_FROM must be like jobs@example.org or Jobyard <jobs@example.org>, not {sender!r}"
            )
        return sender

    def _public_url(self) -> str:
        url = self._text("JOBYARD_PUBLIC_URL", "").rstrip("/")
        if not url:
            raise SettingsError("JOBYARD_PUBLIC_URL is not set: the address at which browsers reach the page")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise SettingsError(f"JOBYARD_PUBLIC_URL must be like https://jobs.example.org, not {url!r}")
        if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise SettingsError(
                f"JOBYARD_PUBLIC_URL is {url!r}: plain http is allowed on localhost alone, because passwords and "
                "cookies would cross the network in the clear; use https"
            )
        return url

    def _signup(self, default: str) -> str:
        mode = self._text("JOBYARD_SIGNUP", default)
        if mode not in ("open", "invite", "closed") and not (mode.startswith("domain:") and mode[7:].strip()):
            raise SettingsError(f"JOBYARD_SIGNUP must be open, invite, closed or domain:example.org, not {mode!r}")
        return mode


def _secret_problem(secret: str) -> str | None:
    if len(secret.encode()) < SECRET_MIN_BYTES:
        return f"must have {SECRET_MIN_BYTES} bytes or more"
    weak = len(set(secret)) < 10 or any(weak in secret.lower() for weak in WEAK_SECRETS)
    return "can be guessed" if weak else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
