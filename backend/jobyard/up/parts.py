"""The parts of Jobyard on one machine, in the order of their start."""

import os
import signal
import sys
from collections.abc import Mapping

from jobyard.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from jobyard.up.data_folder import DataFolder
from jobyard.up.errors import UpError
from jobyard.up.part import Part, program
from jobyard.up.plan import REPOSITORY, Plan, caddy_program, whole_seconds
from jobyard.up.readiness import answers
from jobyard.up.terminal import Terminal

API_MARGIN_SECONDS = 25
"""Past its grace time. The API ends what hangs in it by itself, at most 20 s past it (serving.py): that comes first."""


def postgres_part(server: EmbeddedPostgres) -> Part:
    """The embedded PostgreSQL. A stop lets running statements go (fast shutdown), and takes a checkpoint."""

    async def ready() -> bool:
        return server.is_ready()

    def prepare() -> None:
        if not server.exists:  # it was made before the first start: a new, empty one would only hide what happened
            raise UpError(
                f"{server.cluster} is gone. Stop Jobyard; when it starts again it begins with an empty database"
            )
        try:
            server.prepare()
        except EmbeddedPostgresError as error:
            raise UpError(str(error)) from error

    return Part(
        name="postgres",
        start=server.spawn,
        ready=ready,
        before=prepare,
        ready_seconds=120,
        stop_signal=signal.SIGINT,
        stop_seconds=30,
    )


def server_parts(plan: Plan, environment: Mapping[str, str]) -> list[Part]:
    """Migrations, then the API with its embedded worker."""
    full = {**plan.given, **environment}
    command = [sys.executable, "-m", "jobyard"]
    grace = whole_seconds("JOBYARD_SHUTDOWN_GRACE_SECONDS", environment)
    return [
        Part(
            name="migrate",
            start=program([*command, "migrate"], full, REPOSITORY, death_signal=signal.SIGTERM),
            ready_seconds=600,
        ),
        Part(
            name="api",
            start=program([*command, "serve"], full, REPOSITORY, death_signal=signal.SIGTERM),
            ready=lambda: answers(plan.api_port, "/readyz"),
            stop_seconds=grace + API_MARGIN_SECONDS,
        ),
    ]


def front_parts(plan: Plan, folder: DataFolder) -> list[Part]:
    """Caddy, and Vite's dev server before it where one is wanted."""
    parts: list[Part] = []
    if plan.vite_port is not None:
        vite_port = plan.vite_port
        vite = ["pnpm", "exec", "vite", "--host", "127.0.0.1", "--port", str(vite_port), "--strictPort"]
        parts.append(
            Part(
                name="vite",
                start=program(vite, plan.given, REPOSITORY / "frontend", death_signal=signal.SIGTERM),
                ready=lambda: answers(vite_port, "/app/"),
                stop_seconds=5,
            )
        )
    elif not (REPOSITORY / "frontend" / "dist" / "index.html").exists():
        raise UpError("the page is not built: run ./just build first")
    caddy = [caddy_program(plan.given), "run", "--config", str(REPOSITORY / "Caddyfile"), "--adapter", "caddyfile"]
    environment = {**plan.given, **plan.caddy_environment(folder.caddy)}

    async def ready() -> bool:
        return await answers(plan.http_port, "/app") and await answers(plan.http_port, "/readyz")

    # The first SIGINT makes it tell new requests 503 while WebSockets hear the API's goodbye, the second one ends it.
    parts.append(
        Part(
            name="caddy",
            start=program(caddy, environment, REPOSITORY, death_signal=signal.SIGKILL),
            ready=ready,
            stop_signal=signal.SIGINT,
            stop_seconds=5,
            lingers=True,
        )
    )
    return parts


def make_parts(plan: Plan, folder: DataFolder, terminal: Terminal) -> tuple[list[Part], dict[str, str]]:
    """All parts, and the environment of the server's. Raises UpError."""
    parts: list[Part] = []
    url = plan.database_url
    if url is None:
        server = EmbeddedPostgres(folder.postgres)
        if not server.exists:
            terminal.part("postgres", "making a new database")
        try:
            server.prepare()  # the port, and with it the address, is known after that
        except EmbeddedPostgresError as error:
            raise UpError(str(error)) from error
        url = server.url
        parts.append(postgres_part(server))
    environment = plan.environment(database_url=url, secret=os.environ.get("JOBYARD_SECRET") or folder.secret())
    return [*parts, *server_parts(plan, environment), *front_parts(plan, folder)], environment
