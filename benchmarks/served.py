"""The API as the product serves it, for a bench: `python -m benchmarks.served`, and how to start and use one.

It has one route more, `POST /jobs/constant`, behind the same middleware and authentication: it decodes the same body
and answers a job that it has made beforehand. What `POST /jobs` needs more than this is what submitting costs.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.install import FOLDER, ROOT
from benchmarks.process import ProcessError
from jobyard.death_signal import die_with_parent
from jobyard.postgres.connections import Connection
from jobyard.postgres.embedded import free_port
from jobyard.security import AccessTokens

SECRET = "bench-4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ"  # noqa: S105 - of a bench's own yard
ORIGIN = "http://localhost:8080"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
LOOK_SECONDS = 0.05

# Users as sign-ups would leave them; a hash of each password would take half a second.
USERS = """
INSERT INTO users (id, email, email_folded, name, password_hash, role)
SELECT uuidv7(), 'bench' || g || '@example.org', 'bench' || g || '@example.org', '', 'none', 'user'
FROM generate_series(1, $1::int) g"""
SESSIONS = """
INSERT INTO sessions (id, user_key, token_hash, device, address, expires_at, ends_at)
SELECT uuidv7(), key, sha256(key::text::bytea), 'bench', '127.0.0.1', now() + interval '1 day', now() + interval '1 day'
FROM users ORDER BY key LIMIT $1"""


@dataclass(frozen=True, slots=True)
class Person:
    """A user with a session: the number that jobs carry, and an access token."""

    key: int
    token: str


async def make_people(connection: Connection, users: int, signed_in: int) -> list[Person]:
    """Make users; the first of them are signed in."""
    await connection.execute(USERS, users)
    await connection.execute(SESSIONS, signed_in)
    rows = await connection.fetch(
        "SELECT s.id AS session_id, u.key, u.id FROM sessions s JOIN users u ON u.key = s.user_key ORDER BY u.key"
    )
    tokens = AccessTokens([SECRET], ORIGIN, lifetime_seconds=86_400)
    return [Person(row["key"], tokens.issue(row["id"], row["session_id"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Server:
    """A server under way."""

    port: int
    pid: int

    def resident_bytes(self) -> int:
        """What the process that serves holds in memory: the largest child of Granian's parent."""
        return max((_resident(pid) for pid in _children(self.pid)), default=0)


@asynccontextmanager
async def served(url: str) -> AsyncGenerator[Server]:
    """A server on this database, for the block. No worker runs in it: what it takes is the API's alone."""
    port = free_port()
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'backend'}",
        "JOBYARD_ENV": "development",
        "JOBYARD_DATABASE_URL": url,
        "JOBYARD_SECRET": SECRET,
        "JOBYARD_PUBLIC_URL": ORIGIN,
        "JOBYARD_API_PORT": str(port),
        "JOBYARD_EMBEDDED_WORKER": "false",
        "JOBYARD_SHUTDOWN_GRACE_SECONDS": "1",
    }
    log = FOLDER / "logs" / "served.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.served",
            stdout=errors, stderr=errors, cwd=ROOT, env=environment, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
    try:
        await _until_it_answers(process, port, log)
        yield Server(port, process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _until_it_answers(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _answers(port):
                if process.returncode is not None:
                    raise ProcessError(f"the server ended with exit code {process.returncode}; see {log}")
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise ProcessError(f"the server did not answer within {START_SECONDS:.0f} s; see {log}") from None


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in children.read_text(encoding="ascii").split()]
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def application() -> Any:
    """What the server's child serves: the product's application and the constant route."""
    from litestar import Response, post  # noqa: PLC0415 - the process that measures need not load the server
    from litestar.di import NamedDependency  # noqa: PLC0415 - as the first
    from litestar.params import JSONBody  # noqa: PLC0415 - as the first

    from jobyard.domain.job import Job, JobState, Priority  # noqa: PLC0415 - as the first
    from jobyard.domain.user import Viewer  # noqa: PLC0415 - as the first
    from jobyard.serving import in_child  # noqa: PLC0415 - as the first
    from jobyard.settings import Settings  # noqa: PLC0415 - as the first
    from jobyard.web.app import create_app  # noqa: PLC0415 - as the first
    from jobyard.web.app_ports import BeforeStop  # noqa: PLC0415 - as the first
    from jobyard.web.job_bodies import SubmitBody  # noqa: PLC0415 - as the first
    from jobyard.web.job_structs import JobAnswer  # noqa: PLC0415 - as the first
    from jobyard.wiring import build_ports  # noqa: PLC0415 - as the first

    now = datetime.now(UTC)
    job = JobAnswer.of(
        Job(
            id=UUID(int=1), owner_id=UUID(int=2), kind="demo.echo", queue="default", state=JobState.PENDING,
            priority=Priority.MEDIUM, attempt=0, max_attempts=5, crashes=0, run_at=now, created_at=now,
            timeout_seconds=600.0, cancel_requested=False, run=0, payload=dict(BODY["payload"]),
        )
    )  # fmt: skip

    async def constant(viewer: NamedDependency[Viewer], data: JSONBody[SubmitBody]) -> Response[JobAnswer]:
        data.request()
        return Response(job, status_code=201, headers={"Location": f"/jobs/{viewer.id}"})

    def build(before_stop: BeforeStop) -> Any:
        app = create_app(build_ports(Settings.read(), before_stop=before_stop))
        app.register(post("/jobs/constant")(constant))
        return app

    return in_child(build)


BODY: dict[str, Any] = {
    "kind": "demo.echo",
    "payload": {
        "value": {"to": "somebody@example.com", "template": "welcome", "subject": "Hello", "lang": "en", "n": 7}
    },
    "tags": ["bench"],
}
"""About 150 bytes."""


def main() -> None:
    """Serve as the product does, with the route more."""
    from jobyard import serving  # noqa: PLC0415 - as the first
    from jobyard.settings import Settings  # noqa: PLC0415 - as the first

    serving.TARGET = "benchmarks.served:application"
    serving.serve(Settings.read())


if __name__ == "__main__":
    main()
