"""What one worker does for all: leadership, statistics, days of history."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg

from jobyard.domain.job import JobError
from jobyard.ports import Completed, Failed, JobNote, Retention
from tests.engine.conftest import Engine


async def caught_up(engine: Engine) -> None:
    """The server's other tests have used up transactions by the thousand: no job of this one is among them."""
    while (await engine.upkeep.roll_up(100)).more:
        pass


async def test_one_leads_until_its_time_is_over(engine: Engine, first: int, second: int) -> None:
    assert await engine.upkeep.lead(first, 60)
    assert await engine.upkeep.lead(first, 60)
    assert not await engine.upkeep.lead(second, 60)
    await engine.execute("UPDATE leaders SET until = now() - interval '1 second'")
    assert await engine.upkeep.lead(second, 60)
    assert not await engine.upkeep.lead(first, 60)
    await engine.upkeep.resign(first)  # it does not lead: nothing changes
    assert not await engine.upkeep.lead(first, 60)
    await engine.upkeep.resign(second)
    assert await engine.upkeep.lead(first, 60)


async def test_each_finished_job_is_counted_once(engine: Engine, first: int) -> None:
    await caught_up(engine)
    for _ in range(5):
        await engine.submit()
    jobs = await engine.claim(first)
    await engine.queue.complete(first, [Completed(job, None) for job in jobs[:3]])
    await engine.queue.fail(first, [Failed(jobs[3], JobError("a", "b"), None)])
    await engine.store.cancel(engine.viewer, [await engine.submit(viewer=engine.viewer)])
    assert (await engine.upkeep.roll_up(100)).jobs == 5
    assert (await engine.upkeep.roll_up(100)).jobs == 0
    await engine.queue.complete(first, [Completed(jobs[4], None)])
    assert (await engine.upkeep.roll_up(100)).jobs == 1
    counts = await engine.fetchval(
        "SELECT array[sum(completed), sum(failed), sum(cancelled)]::int[] FROM job_stats WHERE owner_id = $1",
        engine.viewer.key,
    )
    assert counts == [4, 1, 1]
    histograms = await engine.fetchval(
        "SELECT array[sum((SELECT sum(n) FROM unnest(waits) n)), sum((SELECT sum(n) FROM unnest(runs) n))]::int[]"
        " FROM job_stats WHERE owner_id <> 0"
    )
    assert histograms == [5, 5]  # the cancelled one never ran


async def test_a_transaction_that_commits_late_is_counted_too(engine: Engine, first: int) -> None:
    await engine.submit()
    await engine.submit()
    late, early = await engine.claim(first)
    await caught_up(engine)
    connection = await asyncpg.connect(engine.url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SELECT pg_current_xact_id()")
        await engine.queue.complete(first, [Completed(early, None)])
        assert (await engine.upkeep.roll_up(100)).jobs == 0  # not before the older transaction is over
        await transaction.rollback()
    finally:
        await connection.close()
    await engine.queue.complete(first, [Completed(late, None)])
    assert (await engine.upkeep.roll_up(100)).jobs == 2


async def test_what_was_held_back_for_long_is_counted_part_by_part(engine: Engine, first: int) -> None:
    """No call reads more than it may, and what one transaction finished is never torn."""
    await caught_up(engine)
    for _ in range(28):
        await engine.submit()
    jobs = await engine.claim(first, 28)
    await engine.queue.complete(first, [Completed(job, None) for job in jobs[:8]])
    for job in jobs[8:]:
        await engine.queue.complete(first, [Completed(job, None)])
    parts = list[int]()
    while (rolled := await engine.upkeep.roll_up(5)).more:
        parts.append(rolled.jobs)
    parts.append(rolled.jobs)
    assert sum(parts) == 28
    assert max(parts) == 8
    assert sorted(parts, reverse=True)[1] <= 5
    assert await engine.fetchval("SELECT sum(completed) FROM job_stats WHERE owner_id <> 0") == 28
    assert (await engine.upkeep.roll_up(5)).jobs == 0


async def test_a_roll_up_that_waited_for_another_moves_nothing_back(engine: Engine) -> None:
    """Its snapshot is older than what the other has counted to: from there on jobs would be counted twice."""
    other = await asyncpg.connect(engine.url)
    try:
        async with other.transaction():
            own = await other.fetchval("SELECT pg_current_xact_id()::text::bigint FROM stats_progress FOR UPDATE")
            late = asyncio.create_task(engine.upkeep.roll_up(100))
            await engine.until("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND transactionid IS NOT NULL")
            await other.execute("UPDATE stats_progress SET rolled_to = $1", own + 1)
        await late
    finally:
        await other.close()
    assert await engine.fetchval("SELECT rolled_to FROM stats_progress") > own


async def test_a_transaction_that_was_open_for_days_loses_no_statistics(engine: Engine, first: int) -> None:
    for _ in range(2):
        await caught_up(engine)
    await engine.submit()
    old = await asyncpg.connect(engine.url)
    try:
        async with old.transaction():
            await old.execute("SELECT pg_current_xact_id()")
            await engine.queue.complete(first, [Completed(await engine.claim_one(first), None)])
            for _ in range(2):
                assert (await engine.upkeep.roll_up(100)).jobs == 0
            await engine.execute("SELECT make_partitions((now() AT TIME ZONE 'UTC')::date - 6, 2)")
            await engine.execute("UPDATE finished_jobs SET finished_at = finished_at - interval '5 days'")
            await engine.execute(
                "UPDATE stats_progress SET since = since - interval '5 days', mark_at = mark_at - interval '5 days'"
            )
            assert (await engine.upkeep.roll_up(100)).jobs == 0
    finally:
        await old.close()
    assert (await engine.upkeep.roll_up(100)).jobs == 1
    for _ in range(3):
        assert (await engine.upkeep.roll_up(100)).jobs == 0
    assert await engine.fetchval("SELECT since > now() - interval '1 hour' FROM stats_progress")  # and back to today


async def test_a_place_of_another_cluster_starts_anew(engine: Engine, first: int) -> None:
    """A dump was restored: its transaction numbers are of another world."""
    await engine.execute("UPDATE stats_progress SET rolled_to = 1::bigint << 60")
    await engine.upkeep.roll_up(100)
    await engine.submit()
    await engine.queue.complete(first, [Completed(await engine.claim_one(first), None)])
    assert (await engine.upkeep.roll_up(100)).jobs == 1


async def test_a_percentile_can_be_read_from_a_histogram(engine: Engine) -> None:
    assert await engine.fetchval("SELECT stats_bucket(0)") == 1
    assert await engine.fetchval("SELECT stats_bucket(0.0015)") == 2
    assert await engine.fetchval("SELECT stats_bucket(1e9)") == 40
    assert await engine.fetchval("SELECT stats_histogram('{1,3,3}')") == [1, 0, 2, *[0] * 37]
    assert await engine.fetchval("SELECT stats_sum('{1,2}', '{3,4}')") == [4, 6]


async def test_days_are_made_ahead_and_old_ones_go_by_outcome(engine: Engine) -> None:
    today = datetime.now(UTC).date()
    for days in (40, 100):
        await engine.execute("SELECT make_partitions($1, 1)", today - timedelta(days=days))
    dropped = await engine.upkeep.drop_partitions(Retention(completed_days=30, failed_days=90))
    expected = {
        "finished_good": (100, 40),
        "finished_bad": (100,),
        "notifications": (100, 40),
        "job_events": (100,),
        "job_logs": (100, 40),
        "idempotency_keys": (100, 40),
    }
    assert dropped == [
        f"{table}_{today - timedelta(days=days):%Y%m%d}" for table, ages in expected.items() for days in ages
    ]
    await engine.upkeep.make_partitions()
    for table in expected:
        day = today + timedelta(days=7)
        assert await engine.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{table}_{day:%Y%m%d}")
    assert await engine.upkeep.drop_partitions(Retention()) == []


async def test_a_day_that_is_read_is_dropped_later(engine: Engine) -> None:
    day = datetime.now(UTC).date() - timedelta(days=100)
    await engine.execute("SELECT make_partitions($1, 1)", day)
    connection = await asyncpg.connect(engine.url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE finished_good_{day:%Y%m%d} IN ACCESS SHARE MODE")
            dropped = await engine.upkeep.drop_partitions(Retention())
            assert f"finished_bad_{day:%Y%m%d}" in dropped
            assert f"finished_good_{day:%Y%m%d}" not in dropped
    finally:
        await connection.close()
    assert await engine.upkeep.drop_partitions(Retention()) == [f"finished_good_{day:%Y%m%d}"]


async def test_a_note_stands_in_the_timeline(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    note = JobNote(job_id, engine.viewer.key, "loop_blocked", 1, 1, {"seconds": 2.5, "stack": "here"})
    await engine.queue.note(first, [note])
    async with engine.pool.acquire() as connection:
        row = await connection.fetchrow("SELECT job_id, owner_id, type, run, worker_id, detail FROM job_events")
    assert row is not None
    assert tuple(row) == (job_id, engine.viewer.key, "loop_blocked", 1, first, b'{"stack": "here", "seconds": 2.5}')
