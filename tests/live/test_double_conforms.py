"""The double of the live tests answers as storage does: one suite over both, so that neither drifts from the other.

It asks what the hub relies on (web/live_hub.py): the log of outcomes from a cursor on, and the rows of jobs by id.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID, uuid4

import asyncpg
import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.events import OUTCOMES, Cursor, EventType, OutcomeRow
from jobyard.domain.job import ClaimedJob, Job, JobError, JobState
from jobyard.domain.user import Viewer
from jobyard.ports import Completed, Failed, OutcomeLog
from jobyard.postgres.connections import READER_SETTINGS, Pool
from jobyard.postgres.embedded import EmbeddedPostgres, free_port
from jobyard.postgres.outcome_log import PostgresOutcomeLog
from jobyard.postgres.queries import query
from tests.conftest import database
from tests.doubles.memory_jobs import MemoryJobs
from tests.engine.conftest import KINDS, Engine, open_engine

COMPLETED, FAILED, CANCELLED = EventType.COMPLETED, EventType.FAILED, EventType.CANCELLED
STATES = {event: state for state, event in OUTCOMES.items()}
MANY = 1_000


class Rows(Protocol):
    """Of JobStore, what the hub reads."""

    async def get_many(self, owners: Sequence[int], job_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Job]]: ...


class Stage(Protocol):
    """What the tests look at, and what they make happen there. `mara` and `ana` are owners."""

    @property
    def log(self) -> OutcomeLog: ...
    @property
    def rows(self) -> Rows: ...
    @property
    def mara(self) -> int: ...
    @property
    def ana(self) -> int: ...

    async def add(self, owner: int) -> UUID:
        """A job that waits."""
        ...

    async def end(self, job_id: UUID, event: EventType) -> None:
        """It is claimed, and ends in a transaction of its own."""
        ...

    async def begin_to_cancel(self, job_id: UUID) -> Callable[[], Awaitable[None]]:
        """A transaction has got its number; what is returned cancels the waiting job in it, and commits."""
        ...

    async def retry(self, job_id: UUID) -> None:
        """By hand: it is brought back from its end."""
        ...


class InMemory:
    """The double."""

    mara, ana = 1, 2

    def __init__(self) -> None:
        self.log = self.rows = self.jobs = MemoryJobs()

    async def add(self, owner: int) -> UUID:
        return self.jobs.add(owner)

    async def end(self, job_id: UUID, event: EventType) -> None:
        self.jobs.finish(job_id, STATES[event])

    async def begin_to_cancel(self, job_id: UUID) -> Callable[[], Awaitable[None]]:
        xid = self.jobs.begin()

        async def commit() -> None:
            self.jobs.finish(job_id, JobState.CANCELLED, xid)

        return commit

    async def retry(self, job_id: UUID) -> None:
        self.jobs.take_back(job_id)


@dataclass
class InPostgres:
    """The adapters."""

    engine: Engine
    worker: int
    stack: AsyncExitStack
    viewers: dict[UUID, Viewer] = field(default_factory=dict[UUID, Viewer])

    def __post_init__(self) -> None:
        self.log, self.rows = self.engine.log, self.engine.store
        self.mara, self.ana = self.engine.viewer.key, self.engine.other.key

    async def add(self, owner: int) -> UUID:
        viewer = self.engine.viewer if owner == self.mara else self.engine.other
        job_id = await self.engine.submit(viewer=viewer)
        self.viewers[job_id] = viewer
        return job_id

    async def end(self, job_id: UUID, event: EventType) -> None:
        job = await self._claim(job_id)
        if event is COMPLETED:
            assert await self.engine.queue.complete(self.worker, [Completed(job, None)])
            return
        if event is CANCELLED:
            assert await self.engine.store.cancel(self.viewers[job_id], [job_id])
        assert await self.engine.queue.fail(self.worker, [Failed(job, JobError("ValueError", "no luck"), None)])

    async def _claim(self, job_id: UUID) -> ClaimedJob:
        claimed = {job.id: job for job in await self.engine.claim(self.worker, MANY)}
        job = claimed.pop(job_id)
        await self.engine.queue.release(self.worker, [*claimed.values()])
        return job

    async def begin_to_cancel(self, job_id: UUID) -> Callable[[], Awaitable[None]]:
        connection = await asyncpg.connect(self.engine.url)
        self.stack.push_async_callback(connection.close)
        transaction = connection.transaction()
        await transaction.start()
        await connection.fetchval("SELECT pg_current_xact_id()")

        async def commit() -> None:
            assert await connection.fetch(query("cancel"), [job_id], self.viewers[job_id].key)
            await transaction.commit()

        return commit

    async def retry(self, job_id: UUID) -> None:
        assert await self.engine.store.retry(self.viewers[job_id], job_id)


@asynccontextmanager
async def in_postgres(server: EmbeddedPostgres) -> AsyncGenerator[InPostgres]:
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_engine(await stack.enter_async_context(database(server))))
        yield InPostgres(engine, await engine.queue.register("tested", KINDS, 10), stack)


@pytest.fixture(params=["memory", "postgres"])
async def stage(request: pytest.FixtureRequest, postgres_server: EmbeddedPostgres) -> AsyncIterator[Stage]:
    if request.param == "memory":
        yield InMemory()
        return
    async with in_postgres(postgres_server) as made:
        yield made


async def told(
    stage: Stage, cursor: Cursor, owners: Sequence[int] | None = None, limit: int = MANY
) -> list[tuple[int, UUID, EventType]]:
    """What the log answers, as far as both can say the same."""
    return [(row.owner, row.job_id, row.event) for row in await stage.log.since(owners, cursor, limit)]


async def fresh_cursor(stage: Stage) -> Cursor:
    """One past all that has committed: the next one, unless a transaction of PostgreSQL itself is open (autovacuum)."""
    async with asyncio.timeout(30):
        while await stage.log.since(None, cursor := await stage.log.cursor(), 1):  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0.01)
    return cursor


async def test_outcomes_since_a_cursor_are_told_to_whom_they_belong(stage: Stage) -> None:
    before = await stage.log.cursor()
    mine, hers, waiting = await stage.add(stage.mara), await stage.add(stage.ana), await stage.add(stage.mara)
    assert await told(stage, before) == []
    await stage.end(mine, COMPLETED)
    between = await fresh_cursor(stage)
    await stage.end(hers, FAILED)
    of_mine, of_hers = (stage.mara, mine, COMPLETED), (stage.ana, hers, FAILED)
    assert await told(stage, before, [stage.mara]) == [of_mine]
    assert await told(stage, before, [stage.ana]) == [of_hers]
    assert await told(stage, before, [stage.mara, stage.ana]) == await told(stage, before) == [of_mine, of_hers]
    assert await told(stage, between) == [of_hers]
    assert await told(stage, before, []) == []
    after = await fresh_cursor(stage)
    assert (before.system, before.at <= after.at, before.xmin < after.xmin) == (after.system, True, True)
    assert (await stage.rows.get_many([stage.mara], [waiting]))[waiting][1].state is JobState.PENDING


@pytest.mark.parametrize("event", [COMPLETED, FAILED, CANCELLED])
async def test_an_outcome_names_the_run_that_its_row_has(stage: Stage, event: EventType) -> None:
    """By it the hub knows whether the row that it reads is already that of a newer outcome."""
    before = await stage.log.cursor()
    job_id = await stage.add(stage.mara)
    for run in (1, 2) if event is not COMPLETED else (1,):
        await stage.end(job_id, event)
        [row] = await stage.log.since([stage.mara], before, MANY)
        owner, job = (await stage.rows.get_many([stage.mara], [job_id]))[job_id]
        assert (row.run, row.event, row.owner) == (job.run, OUTCOMES[job.state], owner) == (run, event, stage.mara)
        assert job.finished_at is not None
        if run == 1 and event is not COMPLETED:
            await stage.retry(job_id)


async def test_what_was_brought_back_is_not_told(stage: Stage) -> None:
    before = await stage.log.cursor()
    back, other = await stage.add(stage.mara), await stage.add(stage.mara)
    await stage.end(back, FAILED)
    await stage.end(other, FAILED)
    await stage.retry(back)
    assert await told(stage, before) == [(stage.mara, other, FAILED)]
    assert (await stage.rows.get_many([stage.mara], [back]))[back][1].state is JobState.PENDING


async def test_a_transaction_that_commits_late_is_told_from_a_cursor_given_meanwhile(stage: Stage) -> None:
    """It has the smaller number: it comes before what was told already, which is told again."""
    late, early, after = [await stage.add(stage.mara) for _ in range(3)]
    commit = await stage.begin_to_cancel(late)
    await stage.end(early, COMPLETED)
    meanwhile = await stage.log.cursor()
    again = await stage.log.cursor()
    of_early = (stage.mara, early, COMPLETED)
    assert await told(stage, meanwhile) == [of_early]
    await commit()
    for cursor in (meanwhile, again):  # the transaction that was open holds both
        assert await told(stage, cursor) == [(stage.mara, late, CANCELLED), of_early]
    await fresh_cursor(stage)
    await stage.end(after, COMPLETED)
    assert len(await told(stage, meanwhile)) == 3


async def test_what_was_visible_when_a_cursor_was_given_is_not_read_again(stage: Stage) -> None:
    """By the whole cursor, which the hub keeps; a client keeps less, and is told some again."""
    late, early = await stage.add(stage.mara), await stage.add(stage.mara)
    commit = await stage.begin_to_cancel(late)
    await stage.end(early, COMPLETED)
    whole = await stage.log.cursor()
    assert await stage.log.unseen(None, whole, MANY) == []
    await commit()
    assert [row.job_id for row in await stage.log.unseen([stage.mara], whole, MANY)] == [late]
    kept = Cursor(whole.system, whole.xmin, whole.at)
    assert await stage.log.unseen(None, kept, MANY) == await stage.log.since(None, whole, MANY)


async def test_pages_are_in_order_and_have_each_once(stage: Stage) -> None:
    before = await stage.log.cursor()
    ids = [await stage.add(owner) for owner in (stage.mara, stage.ana) * 3]
    for job_id in reversed(ids):
        await stage.end(job_id, COMPLETED)
    for owners, expected in ((None, set(ids)), ([stage.ana], set(ids[1::2]))):
        for size in (1, 2, MANY):
            rows, after = list[OutcomeRow](), None
            while page := await stage.log.since(owners, before, size, after):
                assert len(page) <= size
                rows += page
                after = (page[-1].finish_xid, page[-1].job_id)
            places = [(row.finish_xid, row.job_id) for row in rows]
            assert places == sorted(set(places))
            assert {row.job_id for row in rows} == expected


async def test_rows_are_read_by_id_and_owner(stage: Stage) -> None:
    mine, hers = await stage.add(stage.mara), await stage.add(stage.ana)
    await stage.end(hers, COMPLETED)
    rows = await stage.rows.get_many([stage.mara, stage.ana, stage.mara], [mine, hers, uuid4()])
    assert {job_id: (owner, job.id, job.state) for job_id, (owner, job) in rows.items()} == {
        mine: (stage.mara, mine, JobState.PENDING),
        hers: (stage.ana, hers, JobState.COMPLETED),
    }
    assert rows[mine][1].owner_id != rows[hers][1].owner_id
    assert await stage.rows.get_many([stage.ana, stage.mara], [mine, hers]) == {}
    assert await stage.rows.get_many([stage.mara, stage.ana], [mine, mine]) == {mine: rows[mine]}
    assert await stage.rows.get_many([], []) == {}


async def test_rows_have_neither_payload_nor_result(stage: Stage) -> None:
    """A message on the socket has none, and a payload may be large."""
    job_id = await stage.add(stage.mara)
    for _ in range(2):
        _, job = (await stage.rows.get_many([stage.mara], [job_id]))[job_id]
        assert (job.payload, job.result) == (None, None)
        if job.state is JobState.PENDING:
            await stage.end(job_id, COMPLETED)


async def test_without_a_database_both_are_unavailable() -> None:
    async with Pool(f"postgresql://nobody@127.0.0.1:{free_port()}/none", READER_SETTINGS, 1) as pool:
        logs: list[OutcomeLog] = [PostgresOutcomeLog(pool), MemoryJobs(down=True)]
        for log in logs:
            with pytest.raises(Unavailable):
                await log.cursor()
            with pytest.raises(Unavailable):
                await log.since(None, Cursor(1, 1, MemoryJobs().at), 1)
