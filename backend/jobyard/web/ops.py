"""Probes: is the process up, can it serve."""

from typing import Literal

import anyio
import msgspec
import structlog
from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from jobyard.domain.errors import Unavailable
from jobyard.web.app_ports import AppPorts, Check
from jobyard.web.authentication import PUBLIC

CHECK_SECONDS = 3.0
TAGS = ["Probes"]

_log = structlog.get_logger(__name__)


class Healthy(msgspec.Struct):
    """The process is up."""

    status: Literal["ok"]


class Ready(msgspec.Struct):
    """The process can serve; the checks that were made."""

    status: Literal["ready"]
    checks: list[str]


@get("/healthz", opt=PUBLIC, tags=TAGS, summary="Whether the process is up")
async def healthz() -> Healthy:
    return Healthy("ok")


@get("/readyz", opt=PUBLIC, tags=TAGS, summary="Whether the process can serve")
async def readyz(ports: NamedDependency[AppPorts]) -> Ready:
    failures: list[str] = []

    async def run(name: str, check: Check) -> None:
        try:
            with anyio.fail_after(CHECK_SECONDS):
                await check()
        except TimeoutError:
            failures.append(f"{name}: no answer in {CHECK_SECONDS:.0f} s")
        except Exception as error:  # noqa: BLE001 - whatever a check raises is its answer
            _log.warning("not ready", check=name, error=str(error) or type(error).__name__)
            away = ports.is_outage(error) and not isinstance(error, Unavailable)
            failures.append(f"{name}: {'cannot be reached' if away else error}")

    async with anyio.create_task_group() as group:
        for name, check in ports.readiness.items():
            group.start_soon(run, name, check)
    if failures:
        raise Unavailable(f"Not ready. {'; '.join(sorted(failures))}.")
    return Ready("ready", sorted(ports.readiness))


OPS_HANDLERS: list[HTTPRouteHandler] = [healthz, readyz]
