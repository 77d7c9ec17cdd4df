"""Claims: order, lanes, kinds, exclusion; and the fence around whatever ends a run."""

import math
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from jobyard.domain.job import JobError, JobState, Outcome, Priority
from jobyard.ports import Completed, Failed, Snoozed
from jobyard.postgres.work_queue import PostgresWorkQueue
from tests.engine.conftest import KINDS, Engine

ERROR = JobError("boom", "it broke", "Traceback …")
LATER = datetime(2099, 1, 1, tzinfo=UTC)


async def test_claims_in_the_order_of_priority_place_and_id(engine: Engine, first: int) -> None:
    low = await engine.submit(priority=Priority.LOW)
    medium = await engine.submit()
    medium_2 = await engine.submit()
    high = await engine.submit(priority=Priority.HIGH)
    assert [job.id for job in await engine.claim(first, 3)] == [high, medium, medium_2]
    assert [job.id for job in await engine.claim(first, 3)] == [low]
    assert await engine.claim(first, 3) == []


async def test_claims_only_its_kinds_and_its_lane(engine: Engine, first: int) -> None:
    job_id = await engine.submit(kind="demo.sleep")
    assert await engine.claim(first) == []
    assert await engine.queue.claim(first, engine.lane + 1, ["demo.sleep"], 5) == []
    assert [job.id for job in await engine.claim(first, kinds=["demo.sleep"])] == [job_id]


async def test_two_open_claims_are_disjoint_and_full(engine: Engine, first: int, second: int) -> None:
    for _ in range(10):
        await engine.submit()
    async with engine.pool.acquire() as connection, connection.transaction():
        held = await connection.fetch(
            "SELECT id FROM live_jobs WHERE ctid = ANY (ARRAY(SELECT ctid FROM live_jobs LIMIT 5)) FOR UPDATE"
        )
        others = await engine.claim(second, 5)
        assert len(others) == 5
        assert {job.id for job in others}.isdisjoint({row["id"] for row in held})
    another_process = PostgresWorkQueue(engine.pool, engine.nudges)
    assert len(await another_process.claim(first, engine.lane, KINDS, 10)) == 5


async def test_a_running_job_says_who_runs_it(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.claim(first)
    job = await engine.get(job_id)
    assert (job.state, job.attempt, job.run, job.worker) == (JobState.RUNNING, 1, 1, "first")
    assert job.started_at is not None


async def test_complete_moves_the_job_to_history_once(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(first)
    assert await engine.queue.complete(first, [Completed(job, b'{"value":"x"}')]) == {job_id}
    assert await engine.queue.complete(first, [Completed(job, b"null")]) == set()
    done = await engine.get(job_id)
    assert (done.state, bytes(done.result)) == (JobState.COMPLETED, b'{"value": "x"}')
    assert await engine.fetchval("SELECT count(*) FROM live_jobs") == 0


async def test_a_wrong_run_or_worker_changes_nothing(engine: Engine, first: int, second: int) -> None:
    job_id = await engine.submit()
    stale = await engine.claim_one(first)
    await engine.queue.release(first, [stale])
    fresh = await engine.claim_one(second)
    for worker, job in [(first, stale), (second, stale), (first, fresh)]:
        assert await engine.queue.complete(worker, [Completed(job, None)]) == set()
        assert await engine.queue.fail(worker, [Failed(job, ERROR, None)]) == set()
        assert await engine.queue.fail(worker, [Failed(job, ERROR, 5)]) == set()
        assert await engine.queue.release(worker, [job]) == set()
        assert await engine.queue.progress(worker, [(job, b'{"fraction":1}')]) == set()
        assert not await engine.queue.snooze(worker, Snoozed(job, 5))
    job = await engine.get(job_id)
    assert (job.state, job.run, job.attempt, job.progress) == (JobState.RUNNING, 2, 1, None)
    assert await engine.queue.complete(second, [Completed(fresh, None)]) == {job_id}


async def test_a_row_that_moved_is_found(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(first)
    assert await engine.queue.progress(first, [(job, b'{"fraction":0.5,"message":"half"}')]) == {job_id}
    await engine.store.cancel(engine.viewer, [job_id])
    progress = (await engine.get(job_id)).progress
    assert progress is not None
    assert (progress.fraction, progress.message) == (0.5, "half")
    assert await engine.queue.complete(first, [Completed(job, None)]) == {job_id}


async def test_a_result_that_storage_refuses_fails_its_own_run_alone(engine: Engine, first: int) -> None:
    good, bad = await engine.submit(), await engine.submit()
    jobs = {job.id: job for job in await engine.claim(first)}
    runs = [Completed(jobs[bad], rb'"\u0000"'), Completed(jobs[good], b"1")]
    assert await engine.queue.complete(first, runs) == {good, bad}
    assert await engine.state(good) is JobState.COMPLETED
    refused = await engine.get(bad)
    assert refused.state is JobState.FAILED
    assert refused.error is not None
    assert refused.error.type == "result_refused"


async def test_an_outcome_that_storage_refuses_fails_its_own_run_alone(engine: Engine, first: int) -> None:
    """The engine's clients clean what they say: this is for the one that does not."""
    ids = [await engine.submit() for _ in range(4)]
    good, bad, odd, asleep = await engine.claim(first)
    again = [Failed(good, JobError("busy", "later"), 9.0), Failed(bad, JobError("a\0", "no"), 9.0)]
    again.append(Failed(odd, JobError("busy", "later"), math.inf))
    assert await engine.queue.fail(first, again) == {good.id, bad.id, odd.id}
    assert await engine.queue.snooze(first, Snoozed(asleep, math.inf))
    assert await engine.state(good.id) is JobState.RETRYING
    for job_id in set(ids) - {good.id}:
        refused = await engine.get(job_id)
        assert (refused.state, refused.error and refused.error.type) == (JobState.FAILED, "outcome_refused")


async def test_progress_that_storage_refuses_keeps_back_no_other(engine: Engine, first: int) -> None:
    good, bad = await engine.submit(), await engine.submit()
    jobs = {job.id: job for job in await engine.claim(first)}
    reports = [(jobs[bad], rb'{"fraction":0.5,"message":"\u0000"}'), (jobs[good], b'{"fraction":0.5,"message":null}')]
    assert await engine.queue.progress(first, reports) == {good}


async def test_a_failure_is_retried_and_then_a_dead_letter(engine: Engine, first: int) -> None:
    job_id = await engine.submit(max_attempts=2)
    job = await engine.claim_one(first)
    assert await engine.queue.fail(first, [Failed(job, ERROR, 60)]) == {job_id}
    waiting = await engine.get(job_id)
    assert (waiting.state, waiting.attempt, waiting.worker) == (JobState.RETRYING, 1, None)
    assert waiting.run_at - datetime.now(UTC) > timedelta(seconds=50)
    assert await engine.upkeep.promote(10) == 0
    await engine.make_due(job_id)
    assert await engine.state(job_id) is JobState.PENDING
    job = await engine.claim_one(first)
    assert (job.run, job.attempt) == (2, 2)
    await engine.queue.fail(first, [Failed(job, JobError("last", "gave up"), None, timed_out=True)])
    dead = await engine.get(job_id)
    assert dead.state is JobState.FAILED
    assert dead.error == JobError("last", "gave up")
    attempts = await engine.store.attempts(engine.viewer, job_id)
    assert attempts is not None
    assert [(a.run, a.attempt, a.outcome, a.worker) for a in attempts] == [
        (1, 1, Outcome.FAILED, "first"),
        (2, 2, Outcome.TIMED_OUT, "first"),
    ]
    assert attempts[0].error == ERROR


async def test_a_snooze_uses_no_attempt(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(first)
    assert await engine.queue.snooze(first, Snoozed(job, 600))
    asleep = await engine.get(job_id)
    assert (asleep.state, asleep.attempt, asleep.run) == (JobState.SCHEDULED, 0, 1)
    assert await engine.queue.complete(first, [Completed(job, None)]) == set()
    await engine.make_due(job_id)
    again = await engine.claim_one(first)
    assert (again.run, again.attempt) == (2, 1)


async def test_a_release_puts_the_job_back_at_its_old_place(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.submit()
    job = await engine.claim_one(first)
    assert await engine.queue.release(first, [job]) == {job_id}
    back = await engine.get(job_id)
    assert (back.state, back.attempt, back.run) == (JobState.PENDING, 0, 1)
    assert (await engine.claim_one(first)).id == job_id


async def test_the_claim_is_a_hot_update(engine: Engine, first: int) -> None:
    for _ in range(50):
        await engine.submit()
    await engine.claim(first, 50)
    async with engine.pool.acquire() as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        row = await connection.fetchrow(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'live_jobs'"
        )
    assert row is not None
    assert row["n_tup_upd"] >= 50
    assert row["n_tup_hot_upd"] == row["n_tup_upd"]


async def test_two_jobs_of_a_place_without_wait_are_refused_by_the_table(engine: Engine) -> None:
    await engine.submit()
    for change in ("place = NULL", "wait = 1"):
        with pytest.raises(asyncpg.CheckViolationError, match="live_jobs_place_or_wait"):
            await engine.execute(f"UPDATE live_jobs SET {change}")  # noqa: S608 - the two changes above


async def test_jobs_of_the_future_are_scheduled(engine: Engine, first: int) -> None:
    job_id = await engine.submit(run_at=LATER)
    assert await engine.state(job_id) is JobState.SCHEDULED
    assert await engine.claim(first) == []
    assert (await engine.upkeep.next_due_seconds() or 0) > 3600


async def test_the_past_means_now_in_the_line(engine: Engine, first: int) -> None:
    before = await engine.submit()
    past = await engine.submit(run_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert [job.id for job in await engine.claim(first)] == [before, past]
    assert (await engine.get(past)).run_at.year == 2020


async def test_a_lane_is_known_by_its_queue(engine: Engine) -> None:
    assert await engine.store.lane_of("default") == engine.lane
    assert await engine.store.lane_of("nowhere") is None
    assert await engine.queue.lanes() == [engine.lane]
