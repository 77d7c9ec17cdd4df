"""A queue on a real PostgreSQL, two workers, and a viewer with jobs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.events import JobChanged
from jobyard.domain.job import ClaimedJob, Job, JobOptions, JobState, NewJob, Priority
from jobyard.domain.user import Role, Viewer
from jobyard.ports import Claimable
from jobyard.postgres.connections import ENGINE_SETTINGS, READER_SETTINGS, Pool
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.outcome_log import PostgresOutcomeLog
from jobyard.postgres.pooler import Pooler
from jobyard.postgres.upkeep import PostgresUpkeep
from jobyard.postgres.work_queue import PostgresWorkQueue

KINDS = ["demo.echo"]


@dataclass
class RecordedNudges:
    """Nudges that are written down."""

    _queue: Any = None
    claimable: list[Claimable] = field(default_factory=list[Claimable])
    changes: list[JobChanged] = field(default_factory=list[JobChanged])
    owners: list[int] = field(default_factory=list[int])
    stops: list[tuple[int, UUID, int]] = field(default_factory=list[tuple[int, UUID, int]])

    def heard_by(self, queue: PostgresWorkQueue) -> None:
        """As a worker hears: the queue lowers its floors."""
        self._queue = queue

    def leading_edge(self) -> None:
        """Nobody else is there to be woken."""

    def work(self, claimable: Any, *, others_know: bool = False) -> None:
        for one in claimable:
            self.claimable.append(one)
            if self._queue is not None:
                self._queue.appeared(one)

    def changed(self, changes: Any) -> None:
        self.changes.extend(changes)

    def finished(self, owners: Any) -> None:
        self.owners.extend(owners)

    def cancel(self, worker: int, job_id: UUID, run: int) -> None:
        self.stops.append((worker, job_id, run))


@dataclass
class Engine:
    """Everything of storage, as a test uses it."""

    url: str
    store: PostgresJobStore
    queue: PostgresWorkQueue
    upkeep: PostgresUpkeep
    log: PostgresOutcomeLog
    nudges: RecordedNudges
    pool: Pool
    viewer: Viewer
    other: Viewer
    lane: int

    async def submit(
        self,
        *,
        viewer: Viewer | None = None,
        kind: str = "demo.echo",
        priority: Priority = Priority.MEDIUM,
        run_at: datetime | None = None,
        max_attempts: int = 5,
        unique_key: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> UUID:
        """Submit one job; its id."""
        job_id = UUID(int=uuid7().int)
        owner = (viewer or self.viewer).key
        job = NewJob(
            id=job_id, owner=owner, kind=kind, payload={"value": "x"}, priority=priority, run_at=run_at,
            options=JobOptions(max_attempts), unique_key=unique_key, tags=tags,
        )  # fmt: skip
        await self.store.submit([job])
        return job_id

    async def claim(self, worker: int, limit: int = 10, kinds: Sequence[str] = KINDS) -> list[ClaimedJob]:
        """Claim in the one lane."""
        return await self.queue.claim(worker, self.lane, kinds, limit)

    async def claim_one(self, worker: int) -> ClaimedJob:
        """Claim exactly one."""
        jobs = await self.claim(worker, 1)
        assert len(jobs) == 1
        return jobs[0]

    async def get(self, job_id: UUID) -> Job:
        """The viewer's job, which must be there."""
        job = await self.store.get(self.viewer, job_id)
        assert job is not None
        return job

    async def state(self, job_id: UUID) -> JobState:
        """The state of the viewer's job."""
        return (await self.get(job_id)).state

    async def execute(self, sql: str, *arguments: Any) -> None:
        """SQL of the test's own."""
        async with self.pool.acquire() as connection:
            await connection.execute(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """One value of the test's own SQL."""
        async with self.pool.acquire() as connection:
            return await connection.fetchval(sql, *arguments)

    async def until(self, sql: str, *arguments: Any) -> None:
        """Wait until an SQL condition holds."""
        async with asyncio.timeout(30):
            while not await self.fetchval(sql, *arguments):  # noqa: ASYNC110 - the database cannot call back
                await asyncio.sleep(0.02)

    async def make_due(self, job_id: UUID) -> None:
        """Let the time of a waiting job come."""
        await self.execute("UPDATE live_jobs SET run_at = now() - interval '1 second' WHERE id = $1", job_id)
        assert await self.upkeep.promote(100) >= 1

    async def lose(self, worker: int) -> list[str]:
        """Let a worker's lease run out, and rescue."""
        await self.execute("UPDATE workers SET beat_at = now() - interval '1 hour' WHERE id = $1", worker)
        return await self.upkeep.rescue(20, everything=False)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Engine]:
    async with open_engine(database_url) as opened:
        yield opened


@asynccontextmanager
async def open_engine(database_url: str, pooler: Pooler = Pooler.NONE) -> AsyncGenerator[Engine]:
    """Storage on a migrated database."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(database_url, ENGINE_SETTINGS, 6, pooler))
        readers = await stack.enter_async_context(Pool(database_url, READER_SETTINGS, 4, pooler))
        nudges = RecordedNudges()
        queue = PostgresWorkQueue(pool, nudges)
        nudges.heard_by(queue)
        store = PostgresJobStore(pool, readers, nudges)
        lane = await store.lane_of("default")
        assert lane is not None
        yield Engine(
            url=database_url,
            store=store,
            queue=queue,
            upkeep=PostgresUpkeep(pool, nudges),
            log=PostgresOutcomeLog(readers),
            nudges=nudges,
            pool=pool,
            viewer=await add_user(pool, "mara@example.org"),
            other=await add_user(pool, "ana@example.org"),
            lane=lane,
        )


async def add_user(pool: Pool, email: str) -> Viewer:
    """A user who can't sign in."""
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            "INSERT INTO users (id, email, email_folded, name, password_hash, role)"
            " VALUES ($1, $2, $2, '', 'none', 'user') RETURNING key, id",
            UUID(int=uuid7().int),
            email,
        )
    assert row is not None
    return Viewer(row["key"], row["id"], Role.USER)


@pytest.fixture
async def first(engine: Engine) -> int:
    return await engine.queue.register("first", KINDS, 10)


@pytest.fixture
async def second(engine: Engine) -> int:
    return await engine.queue.register("second", KINDS, 10)
