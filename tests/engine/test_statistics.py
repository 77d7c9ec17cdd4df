"""Submits are counted once, by the time of their rows; minutes become hours; what is read agrees."""

import asyncpg
import pytest

from jobyard.domain.job import JobError
from jobyard.domain.statistics import LONGEST_WINDOW_SECONDS, Statistics, bucket_seconds
from jobyard.ports import Completed, Failed
from jobyard.postgres.connections import READER_SETTINGS, Pool
from jobyard.postgres.statistics import PostgresStatistics, StatisticsUpkeep
from tests.engine.conftest import Engine


async def sums(engine: Engine, column: str) -> list[int]:
    """Of the viewer, and of everybody."""
    sql = f"SELECT coalesce(sum({column}), 0) FROM job_stats WHERE owner_id = $1"  # noqa: S608 - ours
    return [await engine.fetchval(sql, owner) for owner in (engine.viewer.key, 0)]


async def age(engine: Engine, minutes: int) -> None:
    """Let all live jobs, and the counts' place, be of some minutes ago."""
    await engine.execute(
        """
        UPDATE live_jobs SET created_at = created_at - $1::int * interval '1 min',
          id = (lpad(to_hex(((extract(epoch FROM created_at) * 1000) - $1::int * 60000)::bigint), 12, '0')
                || right(replace(id::text, '-', ''), 20))::uuid""",
        minutes,
    )
    await engine.execute("UPDATE stats_progress SET submitted_to = now() - $1 * interval '1 min'", minutes + 2)


async def test_a_submit_is_counted_once_wherever_its_job_is(engine: Engine, first: int) -> None:
    """Live, finished, and brought back by hand: one submit each."""
    upkeep = StatisticsUpkeep(engine.pool)
    for _ in range(4):
        await engine.submit()
    await engine.submit(viewer=engine.other)
    await age(engine, 5)
    done, failed, again, _, _ = await engine.claim(first)
    await engine.queue.complete(first, [Completed(done, None)])
    await engine.queue.fail(first, [Failed(job, JobError("a", "b"), None) for job in (failed, again)])
    assert await engine.store.retry(engine.viewer, again.id)
    while await upkeep.count_submitted(0):
        pass
    assert await sums(engine, "submitted") == [4, 5]
    assert await engine.store.retry(engine.viewer, failed.id)
    while await upkeep.count_submitted(0):
        pass
    assert await sums(engine, "submitted") == [4, 5]


async def test_a_submit_that_has_not_committed_is_waited_for(engine: Engine) -> None:
    upkeep = StatisticsUpkeep(engine.pool)
    while await upkeep.count_submitted(0):
        pass
    connection = await asyncpg.connect(engine.url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        began = await connection.fetchval("SELECT now()")
        await engine.submit()
        await upkeep.count_submitted(0)
        counted_to = await engine.fetchval("SELECT submitted_to FROM stats_progress")
        await transaction.commit()
        assert counted_to < began
    finally:
        await connection.close()


async def test_what_is_not_counted_yet_is_told_too(engine: Engine, first: int) -> None:
    async with Pool(engine.url, READER_SETTINGS, 1) as readers:
        statistics = PostgresStatistics(readers)
        await engine.submit()
        await engine.submit(viewer=engine.other)
        await engine.queue.complete(first, [Completed(job, None) for job in await engine.claim(first)])
        await engine.submit()
        while (await engine.upkeep.roll_up(100)).more:
            pass
        told = {}
        for everyone in (False, True):
            tallies = await statistics.tallies(engine.viewer, 3_600, 60, everyone=everyone)
            assert (tallies.end - tallies.begin).total_seconds() == pytest.approx(3_660, abs=60)
            of_kind = [kinds["demo.echo"] for kinds in tallies.by_bucket.values()]
            told[everyone] = (sum(one.submitted for one in of_kind), sum(one.completed for one in of_kind))
            assert sum(sum(one.waits.values()) for one in of_kind) == told[everyone][1]
            assert sum(sum(one.runs.values()) for one in of_kind) == told[everyone][1]
        assert told == {False: (2, 1), True: (3, 2)}


# Age, what its minutes are counted from, and the rows that minutes 0, 1, 4, 5 and 14 are in the end.
AGES = [("1 h", "15 min", 5), ("3 h", "15 min", 3), ("10 h", "15 min", 1), ("2 d", "1 h", 1), ("10 d", "6 h", 1)]

OLD = """
INSERT INTO job_stats (minute, owner_id, kind, submitted, completed, failed, cancelled, waits, runs)
SELECT date_bin(width, now() - age, to_timestamp(0)) + m * interval '1 min', $1, kind, 1, 2, 3, 4,
  stats_histogram('{1,2}'), stats_histogram('{40}')
FROM unnest($2::text[]::interval[], $3::text[]::interval[]) a (age, width),
  unnest('{0,1,4,5,14}'::int[]) m, unnest('{a,b}'::text[]) kind"""


async def all_sums(engine: Engine) -> list[list[int]]:
    columns = ("submitted", "completed", "failed", "cancelled", "waits[1]", "waits[2]", "waits[3]", "runs[40]")
    return [await sums(engine, column) for column in columns]


@pytest.mark.parametrize("rows", [1, 2, 5_000])
async def test_the_older_the_wider(engine: Engine, rows: int) -> None:
    ages, widths, left = zip(*AGES, strict=True)
    await engine.execute(OLD, engine.viewer.key, ages, widths)
    before = await all_sums(engine)
    upkeep = StatisticsUpkeep(engine.pool)
    while await upkeep.merge(rows):
        pass
    assert await all_sums(engine) == before
    for (age, width), rows_left in zip(zip(ages, widths, strict=True), left, strict=True):
        assert 2 * rows_left == await engine.fetchval(
            "SELECT count(*) FROM job_stats, date_bin($2::text::interval, now() - $1::text::interval, to_timestamp(0))"
            " AS f WHERE minute >= f AND minute < f + interval '15 min'",
            age,
            width,
        ), age
    assert not await upkeep.merge(rows)


async def test_what_is_told_stays_the_same(engine: Engine) -> None:
    """Of every window that there is: rows are never wider than its buckets."""
    await engine.execute(
        """
        INSERT INTO job_stats (minute, owner_id, kind, submitted, completed, waits, runs)
        SELECT date_trunc('minute', now()) - (n * n + m) * interval '1 min', $1, 'demo.echo', 1, n,
          stats_histogram('{1}'), stats_histogram('{2}')
        FROM generate_series(0, 350) n, generate_series(0, 3) m ON CONFLICT DO NOTHING""",
        engine.viewer.key,
    )
    windows = (60, 3_600, 7_200, 21_600, 86_400, 7 * 86_400, 30 * 86_400, LONGEST_WINDOW_SECONDS)
    upkeep = StatisticsUpkeep(engine.pool)
    async with Pool(engine.url, READER_SETTINGS, 1) as readers:
        statistics = PostgresStatistics(readers)

        async def told() -> list[Statistics]:
            return [
                await statistics.tallies(engine.viewer, window, bucket_seconds(window), everyone=False)
                for window in windows
            ]

        before = await told()
        rows = await engine.fetchval("SELECT count(*) FROM job_stats")
        while await upkeep.merge():
            pass
        assert await engine.fetchval("SELECT count(*) FROM job_stats") < rows / 2
        for earlier, later in zip(before, await told(), strict=True):
            # Each window begins a moment later.
            assert later.by_bucket
            assert later.by_bucket == {at: kinds for at, kinds in earlier.by_bucket.items() if at >= later.begin}


async def test_a_row_that_comes_late_is_told(engine: Engine) -> None:
    """Its minute lies where rows are wide already, and is added to as any other."""
    upkeep = StatisticsUpkeep(engine.pool)
    while await upkeep.merge():
        pass
    await engine.execute(OLD, engine.viewer.key, ["10 h"], ["15 min"])
    async with Pool(engine.url, READER_SETTINGS, 1) as readers:
        tallies = await PostgresStatistics(readers).tallies(engine.viewer, 86_400, 900, everyone=False)
    assert [kinds["a"].completed for kinds in tallies.by_bucket.values()] == [10]


async def test_a_clock_that_steps_back_undoes_nothing(engine: Engine) -> None:
    await engine.execute("UPDATE stats_merged SET merged_to = now() + interval '1 day'")
    assert not await StatisticsUpkeep(engine.pool).merge()
    assert await engine.fetchval("SELECT bool_and(merged_to > now()) FROM stats_merged")


async def test_the_chore_rests_when_nothing_is_left(engine: Engine) -> None:
    clock = [0.0]
    upkeep = StatisticsUpkeep(engine.pool, monotonic=lambda: clock[0])
    await engine.execute("UPDATE stats_progress SET submitted_to = now()")  # the template may be older than one part
    assert not await upkeep.carry_on()
    await engine.execute("UPDATE stats_progress SET submitted_to = now() - interval '12 min'")
    assert not await upkeep.carry_on()
    assert await engine.fetchval("SELECT submitted_to < now() - interval '11 min' FROM stats_progress")
    clock[0] = 61.0
    while await upkeep.carry_on():
        pass
    assert await engine.fetchval("SELECT submitted_to > now() - interval '1 min' FROM stats_progress")
