"""What is to be started, from the environment. `up` reads these few variables itself."""

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jobyard.postgres.embedded import free_port
from jobyard.up.errors import UpError

REPOSITORY = Path(__file__).resolve().parents[3]
PORT_WAIT_SECONDS = 15.0  # after a kill -9 the last run's front door may still be closing


@dataclass(frozen=True, slots=True)
class Plan:
    """One start: where its data lies, which ports it takes, and what its parts find in their environment."""

    data_dir: Path
    http_port: int
    addresses: tuple[str, ...]
    api_port: int
    metrics_port: int
    vite_port: int | None
    database_url: str | None
    given: Mapping[str, str]

    @property
    def origin(self) -> str:
        """What browsers must come by. Sign-in's cookie is renewed for this origin alone."""
        return f"http://localhost:{self.http_port}"

    @property
    def page(self) -> str:
        return f"{self.origin}/app"

    @property
    def metrics(self) -> str:
        return f"http://127.0.0.1:{self.metrics_port}/metrics"

    def environment(self, *, database_url: str, secret: str) -> dict[str, str]:
        """For the API, the migrations and workers. What the caller set wins where it can."""
        ours = {
            "JOBYARD_ENV": "development",
            "JOBYARD_SECRET": secret,
            "JOBYARD_PUBLIC_URL": self.origin,
            "JOBYARD_SIGNUP": "open",
            "JOBYARD_SHUTDOWN_GRACE_SECONDS": "5",
            "JOBYARD_LOG_JSON": "true",  # the logs go to files; the terminal shows errors in words
        }
        fixed = {
            "JOBYARD_DATABASE_URL": database_url,
            "JOBYARD_API_HOST": "127.0.0.1",
            "JOBYARD_API_PORT": str(self.api_port),
            "JOBYARD_METRICS_PORT": str(self.metrics_port),
        }
        caller = {name: self.given[name] for name in ours if self.given.get(name)}
        return {**ours, **caller, **fixed}

    def caddy_environment(self, folder: Path) -> dict[str, str]:
        """For the Caddyfile. Whatever Caddy keeps stays in the data folder."""
        return {
            "JOBYARD_SITE": f"http://:{self.http_port}",
            "JOBYARD_BIND": " ".join(self.addresses),
            "JOBYARD_API": f"127.0.0.1:{self.api_port}",
            # Who named another public address may have a proxy before this one, which asks by whatever name it likes.
            "JOBYARD_HOSTS": "any" if self.given.get("JOBYARD_PUBLIC_URL") else "one",
            "JOBYARD_ORIGIN": self.origin,
            "JOBYARD_PAGE": str(REPOSITORY / "frontend" / "dist"),
            "JOBYARD_PAGE_FROM": "built" if self.vite_port is None else "vite",
            "JOBYARD_VITE": f"127.0.0.1:{self.vite_port}",
            "JOBYARD_STOP_DELAY": "60s",  # until we end it, after the API
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
        }


def data_dir(environment: Mapping[str, str]) -> Path:
    """JOBYARD_DATA_DIR, else `.jobyard/` in the repository."""
    return Path(environment.get("JOBYARD_DATA_DIR") or REPOSITORY / ".jobyard").absolute()


def make_plan(environment: Mapping[str, str], *, dev: bool) -> Plan:
    """Read the environment and choose the free ports. Raises UpError."""
    metrics = environment.get("JOBYARD_METRICS_PORT")
    return Plan(
        data_dir=data_dir(environment),
        http_port=_port("JOBYARD_HTTP_PORT", environment.get("JOBYARD_HTTP_PORT") or "8080"),
        addresses=_loopback(),
        api_port=free_port(),
        metrics_port=_port("JOBYARD_METRICS_PORT", metrics) if metrics else free_port(),
        vite_port=free_port() if dev else None,
        database_url=environment.get("JOBYARD_DATABASE_URL") or None,
        given=environment,
    )


def check_port(plan: Plan, *, patient: bool) -> None:
    """Raise UpError when the page's port cannot be had. `patient` waits a moment for the last run to leave it."""
    deadline = time.monotonic() + (PORT_WAIT_SECONDS if patient else 0.0)
    while (error := _why_not(plan)) is not None:
        if isinstance(error, PermissionError):
            raise UpError(f"port {plan.http_port} needs root: choose one from 1024 up, as in JOBYARD_HTTP_PORT=8080")
        if time.monotonic() >= deadline:
            other = plan.http_port + 1 if plan.http_port < 65535 else 8080
            raise UpError(
                f"port {plan.http_port} is in use by another program: stop that one, or choose another port, "
                f"as in JOBYARD_HTTP_PORT={other} ./just up"
            )
        time.sleep(0.1)


def _why_not(plan: Plan) -> OSError | None:
    for address in plan.addresses:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, plan.http_port))
            except OSError as error:
                return error
    return None


def _loopback() -> tuple[str, ...]:
    """Both families where there are both: browsers take `localhost` for either."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return ("127.0.0.1",)
    return ("127.0.0.1", "::1")


def _port(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise UpError(f"{name} must be a port from 1 to 65535, not {text!r}")
    return int(text)


def whole_seconds(name: str, environment: Mapping[str, str]) -> int:
    """A setting of the server's that `up` needs too, by the same rule (settings.py)."""
    text = environment[name].strip()
    if not (text.isascii() and text.isdigit() and int(text) <= 3600):
        raise UpError(f"{name} must be a whole number from 0 to 3600, not {text!r}")
    return int(text)


def caddy_program(environment: Mapping[str, str]) -> str:
    """Caddy of `.tools/`, or what JOBYARD_CADDY names."""
    path = environment.get("JOBYARD_CADDY") or str(REPOSITORY / ".tools" / "bin" / "caddy")
    if not os.access(path, os.X_OK):
        raise UpError(f"there is no Caddy at {path}: ./just installs it")
    return path
