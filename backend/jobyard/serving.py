"""The API's processes: Granian's parent, which also serves the metrics of all of them, and its children.

Nothing that imports prometheus_client may be imported at the top: it reads PROMETHEUS_MULTIPROC_DIR when it is.
"""

import logging
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.utils.proxies import wrap_asgi_with_proxy_headers  # pyright: ignore[reportUnknownVariableType]

from jobyard.granian_stops import BeforeStop, ChildStops, follow_granian, listen_in_parent
from jobyard.settings import Settings
from jobyard.stop_limit import END_SECONDS, StopLimit

TARGET = "jobyard.serving:application"
KILL_MARGIN_SECONDS = 15
"""A child that has not stopped this long after its grace time is killed: later than it ends itself (stop_limit.py)."""

PARENT_MARGIN_SECONDS = 20
"""The parent has its own limit, after that."""

CONNECTIONS = 10_000
"""Per process. Granian counts a live socket as a request under way: with its default, 1,024 sockets stop everything."""

# Granian logs by the standard library: into our handler, not to its own.
GRANIAN_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


def serve(settings: Settings) -> None:
    """Serve the API until SIGINT or SIGTERM. Exits with 1 where it cannot. Raises SettingsError."""
    if settings.kind_audiences:  # here: a child that ends at its start would be started again and again
        from jobyard.kinds import build_kinds  # noqa: PLC0415 - half a second

        build_kinds(settings)
    metrics_folder = _make_metrics_folder()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics_folder
    try:
        _serve(settings, metrics_folder)
    finally:
        shutil.rmtree(metrics_folder, ignore_errors=True)


def _make_metrics_folder() -> str:
    """A folder of this process's own; those of processes that were killed are taken away."""
    for left in Path(tempfile.gettempdir()).glob("jobyard-metrics-*-*"):
        pid = left.name.split("-")[2]
        if pid.isdigit() and not Path("/proc", pid).exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"jobyard-metrics-{os.getpid()}-")


def _serve(settings: Settings, metrics_folder: str) -> None:
    from jobyard.metrics_server import serve_metrics_of_processes  # noqa: PLC0415 - see above
    from jobyard.observability import configure_logging  # noqa: PLC0415 - see above

    configure_logging(json=settings.log_json)
    # A fork would copy the thread that serves the metrics in the midst of whatever it does.
    multiprocessing.set_start_method("spawn", force=True)
    if settings.metrics_port is not None:
        serve_metrics_of_processes(metrics_folder, settings.api_host, settings.metrics_port)
    server = Granian(
        TARGET,
        address=settings.api_host,
        port=settings.api_port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=settings.api_processes,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        backlog=2048,
        backpressure=CONNECTIONS,
        log_dictconfig=GRANIAN_LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=int(settings.shutdown_grace_seconds) + KILL_MARGIN_SECONDS,
    )
    listen_in_parent(server, StopLimit(settings.shutdown_grace_seconds + PARENT_MARGIN_SECONDS))
    server.serve()


def application() -> Any:
    """What each child serves."""

    def build(before_stop: BeforeStop) -> Any:
        from jobyard import wiring  # noqa: PLC0415 - see above

        return wiring.app(before_stop)

    return in_child(build)


def in_child(build: Callable[[BeforeStop], Any]) -> Any:
    """An application for a child of Granian's, which follows its parent and ends in time."""
    follow_granian()
    settings = Settings.read()
    stops = ChildStops(StopLimit(settings.shutdown_grace_seconds + END_SECONDS))
    stops.replace_granians()
    return ending_at_once(behind_proxies(build(stops.first), settings))


def ending_at_once(app: Any) -> Any:
    """An application with which its process ends: not later, when all threads do. A handler's may be deaf."""

    async def serve_one(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        ended = False

        async def look_and_send(message: Any) -> None:
            nonlocal ended
            ended = message["type"] == "lifespan.shutdown.complete"
            await send(message)

        await app(scope, receive, look_and_send)
        if ended:
            logging.shutdown()
            os._exit(0)

    return serve_one


def behind_proxies(app: Any, settings: Settings) -> Any:
    """An application that is told the client's address by the proxies that are trusted, and keeps the connection's."""
    from jobyard.web.live_guard import PEER  # noqa: PLC0415 - see above

    told = cast("Any", wrap_asgi_with_proxy_headers)(app, trusted_hosts=list(settings.trusted_proxies))

    async def serve_one(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            host, port = scope["client"]
            scope[PEER] = (host, int(port))  # Granian tells it as text
        await told(scope, receive, send)

    return serve_one


def openapi_text() -> str:
    """The OpenAPI document, as it is committed in docs/openapi.json."""
    import msgspec  # noqa: PLC0415 - with the two below, half a second that `serve` need not wait for

    from jobyard.web.app import HANDLERS  # noqa: PLC0415
    from jobyard.web.openapi import make_document  # noqa: PLC0415

    encoded = msgspec.json.encode(make_document(HANDLERS))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
