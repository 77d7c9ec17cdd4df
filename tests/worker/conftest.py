"""A worker on a real PostgreSQL, with handlers that the test holds by strings."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.job import JobOptions, JobState, NewJob
from jobyard.handlers.registry import JobContext, Registry
from jobyard.ports import JobFilter, WorkQueue
from jobyard.postgres.connections import ENGINE_SETTINGS, Pool
from jobyard.postgres.job_logs import PostgresLogSink
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.listener import PostgresNudges
from jobyard.postgres.upkeep import PostgresUpkeep
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker.options import WorkerOptions
from jobyard.worker.supervisor import Worker
from tests.engine import conftest as storage
from tests.engine.conftest import Engine

DEADLINE_SECONDS = 30

engine = storage.engine  # the same fixture


class Payload(msgspec.Struct):
    """Anything."""

    value: str = ""


Handler = Callable[[Payload, JobContext], Awaitable[Any]]


@dataclass
class Yard:
    """A worker that runs `handler` for kind `test.kind`."""

    engine: Engine
    nudges: PostgresNudges
    store: PostgresJobStore
    handler: Handler | None = None
    runs: list[tuple[UUID, int]] = field(default_factory=list[tuple[UUID, int]])
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, *, max_attempts: int = 3, timeout_seconds: float = 60, value: str = "") -> UUID:
        """Submit one job of the kind."""
        return await self.submit_payload({"value": value}, max_attempts=max_attempts, timeout_seconds=timeout_seconds)

    async def submit_payload(
        self, payload: dict[str, str], *, max_attempts: int = 3, timeout_seconds: float = 60
    ) -> UUID:
        """Submit one job with this payload."""
        job = NewJob(
            id=_next_id(),
            owner=self.engine.viewer.key,
            kind="test.kind",
            payload=payload,
            options=JobOptions(max_attempts, timeout_seconds),
        )
        await self.store.submit([job])
        return job.id

    @asynccontextmanager
    async def working(self, handler: Handler, *, secret: Sequence[str] = (), **options: Any) -> AsyncGenerator[Worker]:
        """A worker for the block; leaving it is the SIGTERM."""
        registry = Registry()

        async def run(payload: Payload, context: JobContext) -> Any:
            self.runs.append((context.job_id, context.run))
            self.entered.set()
            return await handler(payload, context)

        registry.kind("test.kind", Payload, description="A test's", example={}, secret=secret)(run)
        async with self._worker(registry, options) as worker:
            yield worker

    @asynccontextmanager
    async def working_plain(
        self,
        handler: Callable[[Any, JobContext], Any],
        payload_type: type[Any],
        *,
        cpu_bound: bool,
        secret: Sequence[str] = (),
        **options: Any,
    ) -> AsyncGenerator[Worker]:
        """A worker for the block, with a plain function as its handler."""
        registry = Registry()
        register = registry.kind(
            "test.kind", payload_type, description="A test's", example={}, cpu_bound=cpu_bound, secret=secret
        )
        register(handler)
        async with self._worker(registry, options) as worker:
            yield worker

    @asynccontextmanager
    async def _worker(self, registry: Registry, options: dict[str, Any]) -> AsyncGenerator[Worker]:
        stop = asyncio.Event()
        worker = Worker(
            queue=PostgresWorkQueue(self.engine.pool, self.nudges),
            open_queue=self._open_queue,
            upkeep=PostgresUpkeep(self.engine.pool, self.nudges),
            nudges=self.nudges,
            listener=self.nudges,
            logs=PostgresLogSink(self.engine.pool),
            registry=registry,
            options=replace(WorkerOptions("tested", slots=4, grace_seconds=0.05), **options),
        )
        task = asyncio.create_task(worker.run(stop))
        try:
            yield worker
        finally:
            stop.set()
            async with asyncio.timeout(DEADLINE_SECONDS):
                await task

    @asynccontextmanager
    async def _open_queue(self) -> AsyncGenerator[WorkQueue]:
        async with Pool(self.engine.url, ENGINE_SETTINGS, 1) as pool:
            yield PostgresWorkQueue(pool, self.nudges)

    async def until(self, state: JobState, *job_ids: UUID) -> None:
        """Wait until these jobs are in this state: asked again whenever something is said, and each 50 ms."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while {await self.engine.state(job_id) for job_id in job_ids} != {state}:
                await self.something_said()

    async def until_nothing_waits(self) -> None:
        """Wait until every job has ended."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await self.engine.fetchval("SELECT count(*) FROM live_jobs"):
                await self.something_said()

    async def something_said(self) -> None:
        """A nudge of any sort, or 50 ms: time to look again."""
        said = asyncio.Event()
        ends = [self.nudges.on_finished(said.set), self.nudges.on_changed(lambda _: said.set())]
        try:
            async with asyncio.timeout(0.05):
                await said.wait()
        except TimeoutError:
            pass
        finally:
            for end in ends:
                end()

    async def everyone(self) -> list[Any]:
        """All jobs of the viewer."""
        return (await self.store.page(self.engine.viewer, JobFilter(), None, 200)).items


def _next_id() -> UUID:
    return UUID(int=uuid7().int)


@pytest.fixture
async def yard(engine: Engine) -> AsyncIterator[Yard]:
    async with AsyncExitStack() as stack:
        nudges = PostgresNudges(engine.url, engine.pool)
        await stack.enter_async_context(nudges.running())
        await nudges.watch([engine.viewer.key])
        yield Yard(engine, nudges, PostgresJobStore(engine.pool, engine.pool, nudges))
