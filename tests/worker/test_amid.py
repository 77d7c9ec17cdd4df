"""What happens amid something else: a stop, a loss of the lease, an answer that does not come."""
# pyright: reportPrivateUsage=false

import asyncio
from typing import Any
from uuid import UUID

import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import ClaimedJob, JobState
from jobyard.handlers.registry import JobContext
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker.supervisor import Worker
from tests.worker.conftest import Payload, Yard


async def _echo(payload: Payload, _: JobContext) -> dict[str, str]:
    return {"value": payload.value}


async def _forever(_: Payload, __: JobContext) -> None:
    await asyncio.Event().wait()


async def _give_back_in_vain(yard: Yard, worker: Worker, monkeypatch: pytest.MonkeyPatch, release: Any) -> None:
    """A job is claimed ahead, waits for a slot from one look to the next, and cannot be given back by `release`."""
    async with asyncio.timeout(30):
        while not worker._held.ready:
            worker._held.mean_seconds = 0.001  # quick jobs: some are claimed ahead
            await yard.something_said()
    with monkeypatch.context() as patch:
        patch.setattr(PostgresWorkQueue, "release", release)
        await worker._claimer.give_back()
        with pytest.raises(Unavailable):
            await worker._claimer.give_back()


@pytest.mark.parametrize("answered", [True, False])
async def test_what_a_claim_amid_a_stop_is_granted_is_given_back(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    """Else it would wait for the rescue of a worker that has ended, a minute, and count as a crash."""
    claim = PostgresWorkQueue._claim  # of a claim, and of a sweep
    granted, go_on = asyncio.Event(), asyncio.Event()

    async def slow(queue: PostgresWorkQueue, *arguments: Any) -> list[Any]:
        rows = await claim(queue, *arguments)
        if rows:
            granted.set()
            await go_on.wait()
            if not answered:
                raise Unavailable("the connection broke")
        return rows

    monkeypatch.setattr(PostgresWorkQueue, "_claim", slow)
    async with yard.working(_forever) as worker:
        job_id = await yard.submit()
        await granted.wait()
        drain = worker._drain

        async def drained() -> None:
            await drain()
            go_on.set()

        monkeypatch.setattr(worker, "_drain", drained)
    job = await yard.engine.get(job_id)
    assert (job.state, job.attempt, job.crashes, job.run) == (JobState.PENDING, 0, 0, 1)


async def test_what_ends_while_unanswered_claims_are_looked_up_is_not_taken_again(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    holdings = PostgresWorkQueue.holdings
    go_on, looked = asyncio.Event(), asyncio.Event()

    async def slow(queue: PostgresWorkQueue, number: int) -> list[ClaimedJob]:
        granted = await holdings(queue, number)
        assert [job.id for job in granted] == [job_id]
        go_on.set()
        await yard.until(JobState.COMPLETED, job_id)
        async with asyncio.timeout(30):
            while worker._held.runs:
                await yard.something_said()
        looked.set()
        return granted

    async def waits(_: Payload, __: JobContext) -> None:
        await go_on.wait()

    monkeypatch.setattr(PostgresWorkQueue, "holdings", slow)
    async with yard.working(waits) as worker:
        job_id = await yard.submit()
        await yard.entered.wait()
        worker._claimer._unanswered = True
        worker._held.work.set()
        await looked.wait()
        async with asyncio.timeout(30):
            while worker._claimer._unanswered:
                await yard.something_said()
        assert not worker._held.runs
    assert yard.runs == [(job_id, 1)]


async def test_an_outcome_whose_answer_was_lost_is_not_told_as_late(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent again, and refused: it is recorded since the first time."""
    complete = PostgresWorkQueue.complete
    sent = list[set[UUID]]()

    async def losing(queue: PostgresWorkQueue, *arguments: Any) -> set[UUID]:
        sent.append(await complete(queue, *arguments))
        if len(sent) == 1:
            raise Unavailable("the connection broke")
        return sent[-1]

    monkeypatch.setattr(PostgresWorkQueue, "complete", losing)
    async with yard.working(_echo, progress_seconds=0.01) as worker:
        job_id = await yard.submit()
        async with asyncio.timeout(30):
            while len(sent) < 2 or worker._held.runs:
                await yard.something_said()
        assert sent == [{job_id}, set()]
        assert not worker._held.notes
    assert await yard.engine.state(job_id) is JobState.COMPLETED
    assert await yard.engine.fetchval("SELECT count(*) FROM job_events") == 0


async def test_what_was_lost_while_it_was_given_back_does_not_begin(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away for longer than the lease: others run it by now."""

    async def losing(_: PostgresWorkQueue, number: int, __: list[ClaimedJob]) -> None:
        worker._lost(number)
        raise Unavailable("the database is away")

    async with yard.working(_forever, slots=1, give_back_seconds=3600) as worker:
        for _ in range(2):
            await yard.submit()
        await _give_back_in_vain(yard, worker, monkeypatch, losing)
        assert [run for run in worker._held.ready if not run.stopped] == []


@pytest.mark.parametrize("granted", [True, False])
async def test_what_was_given_back_without_an_answer_runs_once(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, granted: bool
) -> None:
    """It may run elsewhere by now, or it may still be ours: then nobody else would ever run it."""
    release = PostgresWorkQueue.release
    go_on = asyncio.Event()

    async def losing(queue: PostgresWorkQueue, number: int, jobs: list[ClaimedJob]) -> None:
        if granted:
            await release(queue, number, jobs)
            assert [job.id for job in await yard.engine.claim(other, kinds=["test.kind"])] == [waiting]
        raise Unavailable("the connection broke")

    async def waits(_: Payload, __: JobContext) -> None:
        await go_on.wait()

    other = await yard.engine.queue.register("other", ["test.kind"], 1)
    async with yard.working(waits, slots=1, give_back_seconds=3600) as worker:
        running = await yard.submit()
        await yard.entered.wait()
        waiting = await yard.submit()
        await _give_back_in_vain(yard, worker, monkeypatch, losing)
        async with asyncio.timeout(30):
            while worker._claimer._unanswered or bool(worker._held.ready) == granted:
                await yard.something_said()
        go_on.set()
        await yard.until(JobState.COMPLETED, running, *([] if granted else [waiting]))
    assert yard.runs == [(running, 1)] if granted else [(running, 1), (waiting, 1)]


async def test_a_worker_that_cannot_come_back_ends(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would live on, beat for nobody, and claim nothing."""

    async def refused(*_: Any) -> int:
        raise RuntimeError("no such table")

    async with yard.working(_echo, beat_seconds=3600) as worker:
        async with asyncio.timeout(30):
            while not worker._held.worker:  # until it has begun
                await yard.something_said()
        monkeypatch.setattr(PostgresWorkQueue, "register", refused)
        worker._lost(worker._held.worker)
        assert worker._coming_back is not None
        await asyncio.wait([worker._coming_back])
        with pytest.raises(RuntimeError, match="no such table"):
            worker._check_heartbeat()  # as it does with every beat
