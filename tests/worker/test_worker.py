"""A worker process, from claim to outcome, on a real database."""
# pyright: reportPrivateUsage=false

import asyncio
from typing import Any

import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobState, Outcome
from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.handlers.registry import JobContext
from jobyard.observability import JOBS_FAILED
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker import following
from tests.worker.conftest import Payload, Yard


async def _echo(payload: Payload, _: JobContext) -> dict[str, str]:
    return {"value": payload.value}


async def _forever(_: Payload, __: JobContext) -> None:
    await asyncio.Event().wait()


async def test_a_job_runs_and_its_result_is_kept(yard: Yard) -> None:
    async with yard.working(_echo):
        job_id = await yard.submit(value="hello")
        await yard.until(JobState.COMPLETED, job_id)
    job = await yard.engine.get(job_id)
    assert bytes(job.result) == b'{"value": "hello"}'
    assert (job.attempt, job.worker) == (1, "tested")


async def test_many_jobs_each_run_once(yard: Yard) -> None:
    ids = [await yard.submit() for _ in range(300)]
    async with yard.working(_echo):
        await yard.until_nothing_waits()
    assert sorted(job_id for job_id, _ in yard.runs) == sorted(ids)


async def test_a_lone_job_costs_one_claim(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look that finds nothing would be in the way of the job that comes next."""
    looks, looked = 0, asyncio.Event()
    claim = PostgresWorkQueue.claim

    async def counted(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        jobs = await claim(*arguments)
        looked.set()
        return jobs

    monkeypatch.setattr(PostgresWorkQueue, "claim", counted)
    poll, now = 2.0, asyncio.get_running_loop().time
    began = now()
    async with yard.working(_echo, poll_seconds=poll), asyncio.timeout(30):
        await looked.wait()
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
        assert looks <= 2 + (now() - began) // poll


async def test_a_failing_job_is_retried_until_it_is_a_dead_letter(yard: Yard) -> None:
    async def broken(_: Payload, context: JobContext) -> None:
        raise RetryAfter(f"attempt {context.attempt}", seconds=0)

    async with yard.working(broken):
        job_id = await yard.submit(max_attempts=3)
        await yard.until(JobState.FAILED, job_id)
    assert [run for _, run in yard.runs] == [1, 2, 3]
    job = await yard.engine.get(job_id)
    assert job.error is not None
    assert job.error.message == "attempt 3"


async def test_a_failure_for_good_uses_one_attempt(yard: Yard) -> None:
    async def hopeless(_: Payload, __: JobContext) -> None:
        raise Fail("no such customer", type="not_found")

    async with yard.working(hopeless):
        job_id = await yard.submit()
        await yard.until(JobState.FAILED, job_id)
    assert len(yard.runs) == 1


async def test_a_snooze_runs_again_as_the_same_attempt(yard: Yard) -> None:
    attempts: list[int] = []

    async def sleepy(_: Payload, context: JobContext) -> None:
        attempts.append(context.attempt)
        if context.run == 1:
            raise Snooze(0)

    async with yard.working(sleepy):
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
    assert attempts == [1, 1]


async def test_a_time_out_ends_the_attempt(yard: Yard) -> None:
    async with yard.working(_forever):
        job_id = await yard.submit(max_attempts=1, timeout_seconds=0.05)
        await yard.until(JobState.FAILED, job_id)
    attempts = await yard.store.attempts(yard.engine.viewer, job_id)
    assert attempts is not None
    assert [attempt.outcome for attempt in attempts] == [Outcome.TIMED_OUT]


async def test_a_handlers_own_time_out_error_is_not_taken_for_the_jobs(yard: Yard) -> None:
    async def broken(_: Payload, __: JobContext) -> None:
        raise TimeoutError("the other side")

    async with yard.working(broken):
        job_id = await yard.submit(max_attempts=1)
        await yard.until(JobState.FAILED, job_id)
    job = await yard.engine.get(job_id)
    assert job.error is not None
    assert (job.error.type, job.error.message) == ("TimeoutError", "the other side")


async def test_progress_is_seen_while_it_runs(yard: Yard) -> None:
    go_on = asyncio.Event()

    async def slow(_: Payload, context: JobContext) -> None:
        context.progress(0.25, "a quarter")
        await go_on.wait()

    async with yard.working(slow, progress_seconds=0.01):
        job_id = await yard.submit()
        async with asyncio.timeout(30):
            while (progress := (await yard.engine.get(job_id)).progress) is None:
                await yard.something_said()
        assert (progress.fraction, progress.message) == (0.25, "a quarter")
        go_on.set()
        await yard.until(JobState.COMPLETED, job_id)


async def test_cancel_asks_and_a_handler_that_listens_ends_by_itself(yard: Yard) -> None:
    async def polite(_: Payload, context: JobContext) -> None:
        async with asyncio.timeout(30):
            while not context.cancel_requested:
                await yard.something_said()
        raise Fail("stopping")

    async with yard.working(polite, cancel_patience_seconds=60):
        job_id = await yard.submit()
        await yard.entered.wait()
        await yard.store.cancel(yard.engine.viewer, [job_id])
        await yard.until(JobState.CANCELLED, job_id)


async def test_cancel_insists_where_a_handler_does_not_listen(yard: Yard) -> None:
    async with yard.working(_forever, cancel_patience_seconds=0.01):
        job_id = await yard.submit()
        await yard.entered.wait()
        await yard.store.cancel(yard.engine.viewer, [job_id])
        await yard.until(JobState.CANCELLED, job_id)
    attempts = await yard.store.attempts(yard.engine.viewer, job_id)
    assert attempts is not None
    assert [attempt.outcome for attempt in attempts] == [Outcome.CANCELLED]


async def test_a_cancel_while_a_run_is_being_recorded_leaves_its_outcome_alone(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second outcome would be refused as late, and the timeline would say so of a job that did nothing wrong."""
    complete = PostgresWorkQueue.complete
    recording, go_on = asyncio.Event(), asyncio.Event()

    async def slow(queue: PostgresWorkQueue, *arguments: Any) -> Any:
        recording.set()
        await go_on.wait()
        return await complete(queue, *arguments)

    monkeypatch.setattr(PostgresWorkQueue, "complete", slow)
    async with yard.working(_echo) as worker:
        job_id = await yard.submit()
        await recording.wait()
        worker._cancel(worker._held.worker, job_id, None)
        assert not worker._held.outcomes
        go_on.set()
        await yard.until(JobState.COMPLETED, job_id)


async def test_a_cancelled_job_is_not_counted_as_failed(yard: Yard) -> None:
    failed: Any = JOBS_FAILED.labels("test.kind")
    before = failed._value.get()
    async with yard.working(_forever, cancel_patience_seconds=0.01):
        job_id = await yard.submit()
        await yard.entered.wait()
        await yard.store.cancel(yard.engine.viewer, [job_id])
        await yard.until(JobState.CANCELLED, job_id)
    assert failed._value.get() == before


async def test_a_cancel_that_no_nudge_told_is_learnt_with_the_heartbeat(yard: Yard) -> None:
    async with yard.working(_forever, cancel_patience_seconds=0.01, beat_seconds=0.05):
        job_id = await yard.submit()
        await yard.entered.wait()
        await yard.engine.execute("UPDATE live_jobs SET cancel_asked = true")
        await yard.until(JobState.CANCELLED, job_id)


async def test_a_claimed_job_that_waits_for_a_slot_is_cancelled_at_once(yard: Yard) -> None:
    async with yard.working(_forever, slots=1, cancel_patience_seconds=60) as worker:
        running, waiting = await yard.submit(), await yard.submit()
        async with asyncio.timeout(30):
            while waiting not in worker._held.runs:
                worker._held.mean_seconds = 0.001  # quick jobs: some are claimed ahead
                await yard.something_said()
        await yard.store.cancel(yard.engine.viewer, [waiting])
        await yard.until(JobState.CANCELLED, waiting)
        assert await yard.engine.state(running) is JobState.RUNNING


async def test_a_stop_gives_back_what_runs_and_what_waits_without_using_an_attempt(yard: Yard) -> None:
    async with yard.working(_forever, slots=2):
        ids = [await yard.submit() for _ in range(2)]
        await yard.until(JobState.RUNNING, *ids)
    for job_id in ids:
        job = await yard.engine.get(job_id)
        assert (job.state, job.attempt, job.crashes) == (JobState.PENDING, 0, 0)
    assert await yard.engine.fetchval("SELECT count(*) FROM workers WHERE ended_at IS NULL") == 0


async def test_a_stop_does_not_wait_for_the_next_look_at_who_waits_for_others(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that took a second is followed by a pause of twenty: an API took 25 s longer to end."""
    monkeypatch.setattr(following, "COSTS", 1e9)

    async with yard.working(_echo) as worker, asyncio.timeout(30):
        while worker._following is None or worker._following._look_at < asyncio.get_running_loop().time() + 100:
            await yard.something_said()


async def test_a_stop_lets_a_job_end_within_the_grace_time(yard: Yard) -> None:
    go_on = asyncio.Event()

    async def slow(_: Payload, __: JobContext) -> str:
        await go_on.wait()
        return "done"

    async with yard.working(slow, grace_seconds=30):
        job_id = await yard.submit()
        await yard.entered.wait()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    assert await yard.engine.state(job_id) is JobState.COMPLETED


async def test_a_worker_that_was_taken_for_dead_drops_its_jobs_and_comes_back(yard: Yard) -> None:
    first_run = asyncio.Event()

    async def once_stuck(_: Payload, context: JobContext) -> int:
        if context.run == 1:
            first_run.set()
            await asyncio.Event().wait()
        return context.run

    async with yard.working(once_stuck, beat_seconds=0.05) as worker:
        job_id = await yard.submit()
        await first_run.wait()
        number = worker._held.worker
        await yard.engine.execute("UPDATE workers SET beat_at = now() - interval '1 hour', ended_at = now()")
        async with asyncio.timeout(30):
            while not (await yard.engine.get(job_id)).crashes:  # the worker's own rescuer may have been quicker
                await yard.engine.upkeep.rescue(20, everything=True)
        await yard.until(JobState.COMPLETED, job_id)
        async with asyncio.timeout(30):
            while worker._held.worker <= number:  # until its next beat it does not know
                await yard.something_said()
    job = await yard.engine.get(job_id)
    assert (bytes(job.result), job.crashes, job.attempt) == (b"2", 1, 1)


@pytest.mark.parametrize("loop", ["claimer", "sweeper"])
async def test_who_is_taken_for_dead_while_it_looks_for_work_claims_nothing_as_nobody(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    """What is claimed without a worker's number would never be rescued."""
    claimants: list[int] = []
    for verb in ("claim", "sweep", "claim_alone"):
        ask = getattr(PostgresWorkQueue, verb)

        async def asking(queue: PostgresWorkQueue, worker: int, *arguments: Any, ask: Any = ask) -> Any:
            claimants.append(worker)
            return await ask(queue, worker, *arguments)

        monkeypatch.setattr(PostgresWorkQueue, verb, asking)

    async with yard.working(_echo) as worker:
        async with asyncio.timeout(30):
            while not claimants:
                await yard.something_said()
        number = worker._held.worker
        if loop == "claimer":
            lanes = PostgresWorkQueue.lanes

            async def losing(queue: PostgresWorkQueue) -> list[int]:
                found = await lanes(queue)
                worker._lost(number)
                return found

            monkeypatch.setattr(PostgresWorkQueue, "lanes", losing)
            worker._claimer._lanes_until = 0
        else:
            async with worker._claimer._sweeping:
                sweep = asyncio.create_task(worker._claimer.sweep())
                await asyncio.sleep(0)
                worker._lost(number)
            await sweep
        await yard.until(JobState.COMPLETED, await yard.submit())
        async with asyncio.timeout(30):
            while number in (worker._held.worker, 0) or not worker._held.worker:
                await yard.something_said()
        await yard.until(JobState.COMPLETED, await yard.submit())
    assert 0 not in claimants


async def test_a_job_that_was_lost_twice_runs_when_nothing_else_is_held(yard: Yard) -> None:
    job_id = await yard.submit()
    await yard.engine.execute("UPDATE live_jobs SET crashes = 2")
    async with yard.working(_echo):
        await yard.until(JobState.COMPLETED, job_id)


async def test_a_result_that_cannot_be_stored_fails_its_job(yard: Yard) -> None:
    async def huge(_: Payload, __: JobContext) -> str:
        return "x" * 300_000

    async with yard.working(huge):
        job_id = await yard.submit()
        await yard.until(JobState.FAILED, job_id)
    job = await yard.engine.get(job_id)
    assert job.error is not None
    assert job.error.type == "result_too_large"


async def test_a_claim_whose_answer_is_lost_is_looked_up(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database grants it, and the connection breaks before the answer: nobody else may run these jobs."""
    claim = PostgresWorkQueue.claim
    lost = asyncio.Event()

    async def losing(queue: PostgresWorkQueue, *arguments: Any) -> Any:
        jobs = await claim(queue, *arguments)
        if jobs and not lost.is_set():
            lost.set()
            raise Unavailable("the connection broke")
        return jobs

    monkeypatch.setattr(PostgresWorkQueue, "claim", losing)
    async with yard.working(_echo):
        job_id = await yard.submit()
        await lost.wait()
        await yard.until(JobState.COMPLETED, job_id)
    assert yard.runs == [(job_id, 1)]


async def test_jobs_claimed_ahead_are_given_back_when_slow_ones_hold_the_slots(yard: Yard) -> None:
    go_on = asyncio.Event()

    async def slow(_: Payload, __: JobContext) -> None:
        await go_on.wait()

    ids = [await yard.submit() for _ in range(10)]
    async with yard.working(slow, slots=2, give_back_seconds=0.05) as worker:
        worker._held.mean_seconds = 0.001  # as after many quick jobs
        async with asyncio.timeout(30):
            while True:
                jobs = [await yard.engine.get(job_id) for job_id in ids]
                if sorted((job.state, job.run) for job in jobs) == [("pending", 1)] * 8 + [("running", 1)] * 2:
                    break
                await yard.something_said()
        go_on.set()
        await yard.until(JobState.COMPLETED, *ids)
    assert len(yard.runs) == 10
    assert {(await yard.engine.get(job_id)).attempt for job_id in ids} == {1}
