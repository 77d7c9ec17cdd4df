"""A transaction that stays open elsewhere keeps every dead row: claims step over them, and read as little as ever."""
# pyright: reportPrivateUsage=false

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.job import NewJob, Priority
from jobyard.ports import Completed
from jobyard.postgres.floors import BOTTOM, Key
from jobyard.postgres.queries import query
from tests.engine.conftest import KINDS, Engine
from tests.engine.test_plans import blocks, explained

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CHURNED = 50_000
BATCH = 500
BLOCKS_A_JOB = 12
"""The bound of a claim with nothing dead in its way (test_plans.py); here 4 were seen, with and without."""

BLOCKS_OF_ONE = 50
"""Of a claim that takes one job: 8 were seen, and 2,092 without a floor."""


@pytest.fixture
async def pinned(engine: Engine) -> AsyncIterator[asyncpg.Connection]:
    """Another session's snapshot of before: nothing that dies from now on is cleaned away."""
    connection = await asyncpg.connect(engine.url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(connection.close)
        await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
        assert await connection.fetchval("SELECT count(*) FROM live_jobs") == 0
        yield connection


async def submit(engine: Engine, number: int) -> None:
    priorities = [*Priority]
    await engine.store.submit(
        [
            NewJob(UUID(int=uuid7().int), engine.viewer.key, KINDS[0], {"value": "x"}, priority=priorities[n % 3])
            for n in range(number)
        ]
    )


async def churn(engine: Engine, worker: int, number: int) -> None:
    """Submit, claim and complete, as a worker does, with a sweep now and then."""
    finished = 0
    while finished < number:
        await submit(engine, 2 * BATCH)
        while jobs := await engine.claim(worker, BATCH):
            finished += len(await engine.queue.complete(worker, [Completed(job, None) for job in jobs]))
        swept = await engine.queue.sweep(worker, engine.lane, KINDS, BATCH)
        finished += len(await engine.queue.complete(worker, [Completed(job, None) for job in swept]))


async def blocks_of_a_claim(engine: Engine, worker: int, floors: Sequence[Key], limit: int) -> int:
    """What it reads and writes; it takes the jobs."""
    bounds = [part for key in floors for part in key]
    async with engine.pool.acquire() as connection:
        nodes = await explained(connection, query("claim"), worker, limit, engine.lane, KINDS, *bounds, analyze=True)
    assert nodes[0]["Actual Rows"] == limit
    return blocks(nodes)


async def test_claims_step_over_what_an_old_snapshot_keeps(
    engine: Engine, first: int, pinned: asyncpg.Connection
) -> None:
    await submit(engine, BATCH)
    before = await blocks_of_a_claim(engine, first, [BOTTOM] * 3, BATCH)
    assert before < BLOCKS_A_JOB * BATCH
    await churn(engine, first, CHURNED)
    await engine.execute("VACUUM live_jobs")  # as autovacuum tries, in vain
    assert await pinned.fetchval("SELECT count(*) FROM live_jobs") == 0
    floors = engine.queue._floors[engine.lane]
    await submit(engine, 1)
    assert await blocks_of_a_claim(engine, first, floors.bounds(), 1) < BLOCKS_OF_ONE
    await submit(engine, BATCH)
    assert await blocks_of_a_claim(engine, first, floors.bounds(), BATCH) < BLOCKS_A_JOB * BATCH
    await submit(engine, 1)
    from_the_beginning = await blocks_of_a_claim(engine, first, [BOTTOM] * 3, 1)
    assert from_the_beginning > 10 * BLOCKS_OF_ONE, "nothing dead was in its way: this test shows nothing"


async def test_a_sweep_leaves_the_floors_where_they_are(engine: Engine, first: int, pinned: asyncpg.Connection) -> None:
    """It reads all that is dead; the claims after it do not."""
    assert await pinned.fetchval("SELECT count(*) FROM live_jobs") == 0
    await churn(engine, first, CHURNED)
    floors = engine.queue._floors[engine.lane]
    for priority in floors._priorities:
        priority.swept_at = float("-inf")  # it is time
    raised = floors.bounds()
    await submit(engine, 3)
    swept = await engine.queue.sweep(first, engine.lane, KINDS, BATCH)
    assert len(swept) == 3
    assert all(floor > before for floor, before in zip(floors.bounds(), raised, strict=True))
    assert floors.due(max(one.swept_at for one in floors._priorities)) == [False] * 3
    await submit(engine, BATCH)
    assert await blocks_of_a_claim(engine, first, floors.bounds(), BATCH) < BLOCKS_A_JOB * BATCH
