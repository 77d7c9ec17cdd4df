"""How many unfinished jobs there are, for the metrics: as the view `jobs` says, and where a line is long."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobError, JobState, Priority
from jobyard.ports import Failed
from jobyard.postgres import live_counts
from jobyard.postgres.connections import READER_SETTINGS, Pool
from jobyard.postgres.live_counts import PostgresLiveCounts
from jobyard.postgres.queries import query
from tests.engine.conftest import Engine
from tests.engine.test_plans import SMALL, explained, read_whole, ways

MADE = """
INSERT INTO live_jobs (place, run_at, owner_id, lane, id, kind, payload, priority)
SELECT now() - n * interval '1 ms', now(), $2, $3, gen_random_uuid(), 'demo.echo', '{}', n % 3
FROM generate_series(1, $1) n"""


async def test_an_empty_server_has_its_queue(engine: Engine) -> None:
    counted = await PostgresLiveCounts(engine.pool).count()
    assert (counted.queues, counted.jobs, counted.oldest_seconds) == ({"default"}, {}, {})


async def test_every_sort_of_waiting_and_what_runs(engine: Engine, first: int) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    for priority in Priority:
        await engine.submit(priority=priority)
    claimed = await engine.claim_one(first)  # the high one
    await engine.submit(priority=Priority.HIGH)
    failing = await engine.claim_one(first)
    await engine.queue.fail(first, [Failed(failing, JobError("boom", "it broke"), 3600.0)])
    await engine.submit(run_at=later)
    for change in ("place = NULL, wait = 4", "place = NULL, wait = 5", "place = NULL, wait = 6", "crashes = 2"):
        job_id = await engine.submit(priority=Priority.LOW, viewer=engine.other)
        await engine.execute(f"UPDATE live_jobs SET {change} WHERE id = $1", job_id)  # noqa: S608 - ours
    follower = await engine.submit()
    await engine.execute("UPDATE live_jobs SET place = NULL, wait = 3 WHERE id = $1", follower)
    await engine.execute("INSERT INTO followed (job_id, owner_id) VALUES ($1, 1)", claimed.id)
    await engine.execute("INSERT INTO follows (job_id, follower) VALUES ($1, $2)", claimed.id, follower)
    counted = await PostgresLiveCounts(engine.pool).count()
    assert counted.jobs == await _by_the_view(engine)
    assert set(counted.jobs) >= {
        ("default", JobState.RUNNING, Priority.HIGH),
        ("default", JobState.RETRYING, Priority.HIGH),
        ("default", JobState.SCHEDULED, Priority.MEDIUM),
    }
    assert counted.jobs["default", JobState.SCHEDULED, Priority.MEDIUM] == 2
    assert counted.jobs["default", JobState.PENDING, Priority.LOW] == 5


async def _by_the_view(engine: Engine) -> Counter[tuple[str | None, JobState, Priority]]:
    async with engine.pool.acquire() as connection:
        rows = await connection.fetch("SELECT state, priority FROM jobs")
    return Counter(("default", JobState(row["state"]), Priority.from_code(row["priority"])) for row in rows)


async def test_the_first_in_line_is_the_oldest_and_who_runs_waits_no_more(engine: Engine, first: int) -> None:
    for minutes in (90, 60, 30):
        job_id = await engine.submit(priority=Priority.HIGH if minutes == 30 else Priority.LOW)
        place = f"place = place - interval '{minutes} min'"
        await engine.execute(f"UPDATE live_jobs SET {place} WHERE id = $1", job_id)  # noqa: S608 - ours
    counts = PostgresLiveCounts(engine.pool)
    assert (await counts.count()).oldest_seconds["default"] // 60 == 90
    await engine.claim(first, 2)  # the high one, and the oldest
    assert (await counts.count()).oldest_seconds["default"] // 60 == 60
    await engine.claim(first, 1)
    assert (await counts.count()).oldest_seconds == {}


async def test_queues_of_users_own_are_one(engine: Engine) -> None:
    """Nothing that a user chooses becomes a label."""
    for owner in (engine.viewer.key, engine.other.key):
        lane = await engine.fetchval("INSERT INTO lanes (queue, owner_id) VALUES ('mine', $1) RETURNING id", owner)
        await engine.execute(MADE, 3, owner, lane)
    await engine.execute("INSERT INTO lanes (queue) VALUES ('mail')")
    counted = await PostgresLiveCounts(engine.pool).count()
    assert counted.queues == {"default", "mail", None}
    assert counted.jobs == {(None, JobState.PENDING, priority): 2 for priority in Priority}
    assert set(counted.oldest_seconds) == {None}


async def test_a_long_line_is_counted_to_its_limit(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_counts, "COUNTED", 20)
    await engine.execute(MADE, 90, engine.viewer.key, engine.lane)
    await engine.execute("UPDATE live_jobs SET place = NULL, wait = 1 WHERE priority = 1")
    counted = await PostgresLiveCounts(engine.pool).count()
    assert counted.jobs == {
        ("default", JobState.PENDING, Priority.HIGH): 20,
        ("default", JobState.SCHEDULED, Priority.MEDIUM): 20,
        ("default", JobState.PENDING, Priority.LOW): 20,
    }


async def test_what_takes_too_long_is_given_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_counts, "LONGEST", "SET LOCAL statement_timeout = '20ms'")
    async with Pool(engine.url, READER_SETTINGS, 1) as other, other.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE live_jobs IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable, match="too long"):
            await PostgresLiveCounts(engine.pool).count()
    assert (await PostgresLiveCounts(engine.pool).count()).queues == {"default"}


@pytest.mark.parametrize("reltuples", [-1, 0, 10, 1_000_000])
async def test_it_goes_by_indexes_whatever_is_thought_of_the_tables(engine: Engine, reltuples: int) -> None:
    await engine.execute("UPDATE pg_class SET reltuples = $1 WHERE relname IN ('live_jobs', 'follows')", reltuples)
    async with engine.pool.acquire() as connection:
        nodes = await explained(connection, query("live_counts"), 100_000, 1_000)
    assert ways(nodes) == {"live_claim", "live_alone", "live_due", "live_limit", "live_parked", "live_jobs_pkey"}
    assert read_whole(nodes) <= SMALL
