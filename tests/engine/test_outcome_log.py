"""Replay: whatever the commit order, no outcome is missed."""

from uuid import UUID

import asyncpg

from jobyard.domain.events import EventType
from jobyard.ports import Completed
from tests.engine.conftest import Engine


async def test_outcomes_since_a_cursor(engine: Engine, first: int) -> None:
    before = await engine.log.cursor()
    ids = [await engine.submit() for _ in range(3)]
    await engine.submit(viewer=engine.other)
    for job in await engine.claim(first):
        await engine.queue.complete(first, [Completed(job, None)])
    outcomes = await engine.log.since([engine.viewer.key], before, 10)
    assert [(row.job_id, row.owner, row.event, row.run) for row in outcomes] == [
        (job_id, engine.viewer.key, EventType.COMPLETED, 1) for job_id in ids
    ]
    assert await engine.log.since([engine.viewer.key], await engine.log.cursor(), 10) == []


async def test_a_transaction_that_commits_late_is_not_missed(engine: Engine, first: int) -> None:
    """The late one has the smaller number: a cursor made of the greatest number seen would step over it."""
    late, early = await engine.submit(), await engine.submit()
    jobs = {job.id: job for job in await engine.claim(first)}
    connection = await asyncpg.connect(engine.url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "WITH d AS (DELETE FROM live_jobs WHERE id = $1 RETURNING *) INSERT INTO finished_jobs (run_at, created_at,"
            " finished_at, finish_xid, owner_id, lane, run, priority, state, attempt, max_attempts, budget, crashes,"
            " notify, id, kind, payload) SELECT run_at, created_at, now(), pg_current_xact_id()::text::bigint,"
            " owner_id, lane, run, priority, 5, attempt, max_attempts, budget, crashes, notify, id, kind, payload"
            " FROM d",
            late,
        )
        await engine.queue.complete(first, [Completed(jobs[early], None)])
        cursor = await engine.log.cursor()
        seen = [row.job_id for row in await engine.log.since([engine.viewer.key], cursor, 10)]
        unseen = await engine.log.unseen([engine.viewer.key], cursor, 10)
        await transaction.commit()
    finally:
        await connection.close()
    assert seen == [early]
    again = [row.job_id for row in await engine.log.since([engine.viewer.key], cursor, 10)]
    assert again == [late, early]
    assert unseen == []
    for owners in ([engine.viewer.key], None):
        rows = await engine.log.unseen(owners, cursor, 10)
        assert [(row.job_id, cursor.saw(row.finish_xid)) for row in rows] == [(late, False)]
        assert await engine.log.unseen(owners, await engine.log.cursor(), 10) == []


async def test_what_was_not_visible_is_read_once_however_long_another_transaction_is_open(
    engine: Engine, first: int
) -> None:
    """The oldest open transaction stays the same: from there on, all would be read each time."""
    connection = await asyncpg.connect(engine.url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.fetchval("SELECT pg_current_xact_id()")
        cursors, ids = [await engine.log.cursor()], list[UUID]()
        for _ in range(3):
            ids.append(await engine.submit())
            await engine.queue.complete(first, [Completed(job, None) for job in await engine.claim(first)])
            rows = await engine.log.unseen(None, cursors[-1], 10)
            cursors.append(await engine.log.cursor())
            assert [row.job_id for row in rows] == ids[-1:]
            assert all(cursors[-1].saw(row.finish_xid) for row in rows)
        assert len({cursor.xmin for cursor in cursors}) == 1
        assert [row.job_id for row in await engine.log.since(None, cursors[-1], 10)] == ids
    finally:
        await connection.close()


async def test_pages_of_one(engine: Engine, first: int) -> None:
    cursor = await engine.log.cursor()
    ids = [await engine.submit() for _ in range(4)]
    await engine.queue.complete(first, [Completed(job, None) for job in await engine.claim(first)])
    seen, after = list[object](), None
    while page := await engine.log.since([engine.viewer.key], cursor, 1, after):
        seen.append(page[0].job_id)
        after = (page[0].finish_xid, page[0].job_id)
    assert seen == sorted(ids)
