"""Real worker processes on a real PostgreSQL, the faults that are done to them, and the check of the records."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from uuid_utils.compat import uuid7

from jobyard.domain.job import JobOptions, Json, NewJob
from jobyard.domain.user import Viewer
from jobyard.postgres.connections import AWAY, ENGINE_SETTINGS, Pool
from jobyard.postgres.embedded import EmbeddedPostgres
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.migrations import upgrade
from tests.engine.conftest import RecordedNudges, add_user

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 240
LEASE_SECONDS = 2
OPTIONS = JobOptions(max_attempts=5, timeout_seconds=60)
SECRET = "kJ8sdf98sdf7KJHSDkjhsdf8972hjkasdHKJ"


@dataclass
class FaultYard:
    """One PostgreSQL, and workers that reach it at `worker_url`."""

    server: EmbeddedPostgres
    logs: Path
    store: PostgresJobStore
    viewer: Viewer
    pool: Pool
    worker_url: str = ""
    workers: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])
    submitted: list[UUID] = field(default_factory=list[UUID])

    def start(self, name: str, command: str = "worker", **settings: str) -> None:
        """Start a worker process, or another of Jobyard's; `rogue` and `rogue serve` have handlers that misbehave."""
        environment = {
            **os.environ,
            "JOBYARD_ENV": "development",
            "JOBYARD_DATABASE_URL": self.worker_url or self.server.url,
            "JOBYARD_SECRET": SECRET,
            "JOBYARD_PUBLIC_URL": "http://localhost:8080",
            "JOBYARD_WORKER_NAME": name,
            "JOBYARD_WORKER_SLOTS": "10",
            "JOBYARD_LEASE_SECONDS": str(LEASE_SECONDS),
            "JOBYARD_SHUTDOWN_GRACE_SECONDS": "1",
            **settings,
        }
        with (self.logs / f"{name}.log").open("ab") as log:
            module = (
                command.replace("rogue", "tests.faults.rogue").split() if "rogue" in command else ["jobyard", command]
            )
            program = [sys.executable, "-m", *module]
            self.workers[name] = subprocess.Popen(program, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a worker process a signal."""
        self.workers[name].send_signal(number)

    async def wait(self, name: str) -> int:
        """Wait for a worker process to end; its exit code."""
        return await asyncio.to_thread(self.workers[name].wait, DEADLINE_SECONDS)

    def log_of(self, name: str) -> str:
        """What a worker has logged."""
        return (self.logs / f"{name}.log").read_text()

    def lines_of(self, name: str, event: str) -> list[dict[str, Any]]:
        """The lines in which a worker has logged this, where it logs JSON."""
        lines = [msgspec.json.decode(line) for line in self.log_of(name).splitlines() if line.startswith("{")]
        return [line for line in lines if event in line["event"]]

    async def submit(self, number: int, *, seconds: float = 0.0) -> list[UUID]:
        """Submit so many demo jobs that each take so long."""
        return await self.submit_all([("demo.sleep", {"seconds": seconds})] * number)

    async def submit_all(
        self, orders: Sequence[tuple[str, Json]], options: JobOptions = OPTIONS, viewer: Viewer | None = None
    ) -> list[UUID]:
        """Submit a job of each kind with its payload."""
        owner = (viewer or self.viewer).key
        jobs = [NewJob(UUID(int=uuid7().int), owner, kind, payload, options=options) for kind, payload in orders]
        for start in range(0, len(jobs), 1000):
            await self.store.submit(jobs[start : start + 1000])
        self.submitted += [job.id for job in jobs]
        return [job.id for job in jobs]

    async def value(self, sql: str, *arguments: Any) -> Any:
        """One value, asked again while the database is away."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                try:
                    async with self.pool.acquire() as connection:
                        return await connection.fetchval(sql, *arguments)
                except asyncpg.SyntaxOrAccessError:
                    raise  # the test's own mistake: it stays one
                except (*AWAY, asyncpg.PostgresError, asyncpg.InternalClientError):
                    await asyncio.sleep(0.05)

    async def until(self, sql: str, *arguments: Any) -> None:
        """Wait until an SQL condition holds."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not await self.value(sql, *arguments):  # noqa: ASYNC110 - the database cannot call back
                await asyncio.sleep(0.05)

    async def until_finished(self, part: float) -> None:
        """Wait until this part of all submitted jobs has ended."""
        await self.until("SELECT count(*) >= $1 FROM finished_jobs", int(part * len(self.submitted)))

    def crash_postgres(self) -> None:
        """PostgreSQL ends at once, without a checkpoint (SIGQUIT: as after a power cut), and starts again."""
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(30)
        self.server.start()

    async def check_records(self) -> None:
        """Nothing lost, nothing finished twice, no two leases of one job at a time."""
        async with self.pool.acquire() as connection:
            left = await connection.fetchval("SELECT count(*) FROM live_jobs")
            rows = await connection.fetch(
                "SELECT id, state, run, attempt, crashes, started_at, finished_at, attempts FROM finished_jobs"
            )
        assert left == 0
        assert len(rows) == len({row["id"] for row in rows}), "a job finished twice"
        assert {row["id"] for row in rows} == set(self.submitted), "a job was lost"
        assert {row["state"] for row in rows} == {5}, "a job did not complete"
        async with self.pool.acquire() as connection:
            overlaps = await connection.fetchval(OVERLAPS)
        assert overlaps == 0, "two runs of one job held it at the same time"


# Each run began after the one before it had ended (completed, failed, released or taken back).
OVERLAPS = """
WITH runs AS (
  SELECT f.id, (e ->> 'run')::int AS run, (e ->> 'started_at')::timestamptz AS began,
         (e ->> 'finished_at')::timestamptz AS ended
  FROM finished_jobs f, jsonb_array_elements(f.attempts) e
  UNION ALL SELECT id, run, started_at, finished_at FROM finished_jobs)
SELECT count(*) FROM runs a JOIN runs b ON a.id = b.id AND a.run < b.run AND b.began < a.ended
"""


@asynccontextmanager
async def fault_yard(folder: Path) -> AsyncGenerator[FaultYard]:
    """A durable PostgreSQL of the test's own; every process is gone afterwards."""
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    yard: FaultYard | None = None
    try:
        await asyncio.to_thread(upgrade, server.url)
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(Pool(server.url, ENGINE_SETTINGS, 4))
            store = PostgresJobStore(pool, pool, RecordedNudges())
            yard = FaultYard(server, folder, store, await add_user(pool, "mara@example.org"), pool)
            yield yard
    finally:
        for worker in yard.workers.values() if yard else ():
            worker.kill()
            worker.wait()
        server.stop()


async def terminate_backends(url: str, application: str) -> None:
    """End the backends of the workers' connections of one sort."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = $1 AND pid <> pg_backend_pid()",
            application,
        )
    finally:
        await connection.close()
