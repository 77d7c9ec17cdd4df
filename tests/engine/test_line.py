"""`order=next`: the same list however it is found, from what an owner has waiting or from the head of all lines."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from jobyard.domain.job import JobState, Priority
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.ports import JobFilter, PlaceInLine
from jobyard.postgres import records
from jobyard.postgres.job_lists import conditions
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.queries import query
from tests.engine.conftest import Engine
from tests.engine.test_plans import blocks, explained

EVERYTHING = JobFilter()


async def walk(store: PostgresJobStore, viewer: Viewer, limit: int, job_filter: JobFilter = EVERYTHING) -> list[UUID]:
    """The list, page by page."""
    ids: list[UUID] = []
    after: PlaceInLine | None = None
    while True:
        page = await store.line(viewer, job_filter, after, limit)
        ids += [job.id for job in page.items]
        after = page.next_after
        if after is None:
            return ids


async def mixed(engine: Engine, mine: int, others: int) -> None:
    """Jobs of two owners in all the ways of waiting, in two queues, and some that run."""
    await engine.execute("INSERT INTO lanes (queue) VALUES ('other')")
    dice = random.Random(7)  # noqa: S311 - no secret
    whose = [engine.viewer] * mine + [engine.other] * others
    dice.shuffle(whose)
    for viewer in whose:
        run_at = dice.choice([None, None, datetime.now(UTC) + timedelta(seconds=dice.randrange(60, 90))])
        tags = ("rare",) if dice.random() < 0.1 else ()
        job_id = await engine.submit(viewer=viewer, priority=dice.choice(list(Priority)), run_at=run_at, tags=tags)
        change = dice.choice(
            ["crashes = 2"]
            + ["worker_id = CASE WHEN place IS NULL THEN NULL ELSE 1 END"] * 2
            + ["lane = lane + 1"] * 4
            + ["priority = priority"] * 9
        )
        await engine.execute(f"UPDATE live_jobs SET {change} WHERE id = $1", job_id)  # noqa: S608 - ours
    await engine.execute(
        "UPDATE live_jobs SET place = NULL, wait = 5 WHERE id IN (SELECT id FROM live_jobs ORDER BY id LIMIT 5)"
        " AND worker_id IS NULL"
    )
    await engine.execute(
        "UPDATE live_jobs SET lane = (SELECT id FROM lanes WHERE queue = 'other') WHERE lane <> $1", engine.lane
    )


@pytest.mark.parametrize(("mine", "others"), [(60, 0), (60, 30), (20, 60)])
async def test_both_ways_tell_the_same(engine: Engine, mine: int, others: int) -> None:
    await mixed(engine, mine, others)
    few = PostgresJobStore(engine.pool, engine.pool, engine.nudges, Limits(scanned_rows=10))
    expected = await walk(engine.store, engine.viewer, 200)
    waiting = await engine.fetchval(
        "SELECT count(*) FROM live_jobs WHERE owner_id = $1 AND worker_id IS NULL", engine.viewer.key
    )
    assert len(expected) == len(set(expected)) == waiting > 10
    for limit in (1, 3, 7, 10, 200):
        assert await walk(engine.store, engine.viewer, limit) == expected
        assert await walk(few, engine.viewer, limit) == expected
        rare = JobFilter(tags=("rare",))
        assert await walk(few, engine.viewer, limit, rare) == await walk(engine.store, engine.viewer, 200, rare)


async def test_the_head_of_all_lines_is_read_and_no_more(engine: Engine) -> None:
    ids = [await engine.submit() for _ in range(30)]
    unfiltered = [[JobState.PENDING.code], *[None] * 10]
    async with engine.pool.acquire() as connection:
        rows = await connection.fetch(
            query("page_line"), engine.viewer.key, *unfiltered, -1, 0, records.BEGINNING, records.NIL, 6, 10
        )
    assert [row["id"] for row in rows] == ids[:6]
    assert {row["scanned"] for row in rows} == {10}


MANY = 200_000
"""As many as one user may have waiting by default."""


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_filter_of_as_many_as_one_may_have_reads_them_once(engine: Engine) -> None:
    """Blocks touched are bounded by the limit of waiting jobs, whatever the filter: no row is looked for by itself."""
    await engine.execute(
        "INSERT INTO live_jobs (place, run_at, owner_id, lane, id, kind, payload, priority, tags)"
        " SELECT now(), now(), $1, $2, gen_random_uuid(), 'demo.echo', '{}', n % 3,"
        " CASE WHEN n = 1 THEN ARRAY['rare'] ELSE ARRAY['usual'] END FROM generate_series(1, $3) n",
        engine.viewer.key,
        engine.lane,
        MANY,
    )
    await engine.execute("ANALYZE live_jobs")
    place = (-1, 0, records.BEGINNING, records.NIL)
    readers = engine.store._readers  # pyright: ignore[reportPrivateUsage]
    for job_filter, found in (
        (JobFilter(tags=("rare",)), 1),
        (JobFilter(tags=("usual",)), 51),
        (JobFilter(text="ra"), 1),
    ):
        async with readers.acquire() as connection:
            arguments = [engine.viewer.key, *conditions(job_filter), *place, 51]
            nodes = await explained(connection, query("page_next"), *arguments, analyze=True)
        assert nodes[0]["Actual Rows"] == found
        assert blocks(nodes) < MANY // 10, f"{job_filter} touches {blocks(nodes)} blocks"
