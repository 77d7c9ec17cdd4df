"""R4: a job that was lost twice runs where nothing else is held, however much there is to do."""
# pyright: reportPrivateUsage=false

import asyncio
from uuid import UUID

import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import ClaimedJob, JobState
from jobyard.handlers.registry import JobContext
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker import alone
from tests.worker.conftest import Payload, Yard


async def lost_twice(yard: Yard) -> UUID:
    """A job that waits since long, and may only run alone."""
    job_id = await yard.submit()
    await yard.engine.execute(
        "UPDATE live_jobs SET crashes = 2, place = place - interval '1 hour' WHERE id = $1", job_id
    )
    return job_id


class Watched:
    """A handler that tells who ran beside whom, and hands its work on, so that there is always more."""

    def __init__(self, yard: Yard, victim: UUID) -> None:
        self.yard = yard
        self.victim = victim
        self.now: set[UUID] = set()
        self.beside: set[UUID] = set()
        self.goes_on = True

    async def __call__(self, _: Payload, context: JobContext) -> None:
        self.now.add(context.job_id)
        if self.victim in self.now:
            self.beside |= self.now - {self.victim}
        if context.job_id == self.victim:
            await self.yard.something_said()
        elif self.goes_on:
            await self.yard.submit()
        self.now.remove(context.job_id)


async def test_a_busy_worker_makes_room_for_it(yard: Yard) -> None:
    """Without that it waits for ever: there is always more to do than there are slots."""
    watched = Watched(yard, await lost_twice(yard))
    for _ in range(12):
        await yard.submit()
    async with yard.working(watched, alone_look_seconds=0.05):
        await yard.until(JobState.COMPLETED, watched.victim)
        ran = len(yard.runs)
        async with asyncio.timeout(30):
            while len(yard.runs) < ran + 12:  # and then it goes on with the others
                await yard.something_said()
        watched.goes_on = False
        await yard.until_nothing_waits()
    assert watched.beside == set()
    assert {job.state for job in await yard.everyone()} == {JobState.COMPLETED}
    assert await yard.engine.fetchval("SELECT count(*) FROM leaders WHERE until > now()") == 0


async def test_of_two_busy_workers_one_makes_room_and_the_other_works_on(yard: Yard) -> None:
    watched = Watched(yard, await lost_twice(yard))
    for _ in range(24):
        await yard.submit()
    async with (
        yard.working(watched, alone_look_seconds=0.05) as one,
        yard.working(watched, alone_look_seconds=0.05) as other,
    ):
        async with asyncio.timeout(30):
            while await yard.engine.fetchval("SELECT count(*) FROM live_jobs WHERE id = $1", watched.victim):
                assert not (one._alone._has_turn and other._alone._has_turn)
                await yard.something_said()
        watched.goes_on = False
        await yard.until_nothing_waits()
    worker = await yard.engine.fetchval("SELECT worker_id FROM finished_jobs WHERE id = $1", watched.victim)
    assert (
        await yard.engine.fetchval(
            "SELECT count(*) FROM finished_jobs a JOIN finished_jobs v ON v.id = $1"
            " WHERE a.id <> v.id AND a.worker_id = $2"
            " AND a.started_at < v.finished_at AND a.finished_at > v.started_at",
            watched.victim,
            worker,
        )
        == 0
    )


async def test_nothing_is_claimed_beside_it(yard: Yard) -> None:
    """Not by a sweep either, which goes on beside the claims."""
    go_on = asyncio.Event()
    victim = await lost_twice(yard)

    async def slow(_: Payload, context: JobContext) -> None:
        if context.job_id == victim:
            await go_on.wait()

    async with yard.working(slow) as worker:
        await yard.entered.wait()
        neighbour = await yard.submit()
        for _ in range(3):
            await yard.something_said()
            await worker._claimer.sweep()
        assert await yard.engine.state(neighbour) is JobState.PENDING
        go_on.set()
        await yard.until(JobState.COMPLETED, victim, neighbour)


async def test_a_claim_without_an_answer_may_have_granted_it(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is claimed beside it either, once it is found."""
    claim = PostgresWorkQueue.claim_alone
    lost, neighbours = asyncio.Event(), list[UUID]()

    async def losing(queue: PostgresWorkQueue, worker: int, lane: int, kinds: list[str]) -> ClaimedJob | None:
        job = await claim(queue, worker, lane, kinds)
        if job is not None and not lost.is_set():
            neighbours.extend([await yard.submit() for _ in range(4)])
            lost.set()
            raise Unavailable("the connection broke")
        return job

    monkeypatch.setattr(PostgresWorkQueue, "claim_alone", losing)
    watched = Watched(yard, await lost_twice(yard))
    watched.goes_on = False
    async with yard.working(watched):
        await lost.wait()
        await yard.until(JobState.COMPLETED, watched.victim, *neighbours)
    assert watched.beside == set()
    assert yard.runs[0] == (watched.victim, 1)


async def test_a_worker_whose_jobs_take_long_does_not_wait_for_ever(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on with others meanwhile, and tries again."""
    monkeypatch.setattr(alone, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(alone, "LONGEST_PATIENCE_SECONDS", 0.02)
    go_on = asyncio.Event()
    long, victim = await yard.submit(value="long"), await lost_twice(yard)

    async def sometimes_long(payload: Payload, _: JobContext) -> None:
        if payload.value:
            await go_on.wait()

    async with yard.working(sometimes_long, alone_look_seconds=0.01, poll_seconds=0.05) as worker:
        async with asyncio.timeout(30):
            while worker._alone._turns < 2:
                await yard.something_said()
        await yard.until(JobState.COMPLETED, await yard.submit())
        assert await yard.engine.state(victim) is JobState.PENDING
        go_on.set()
        await yard.until(JobState.COMPLETED, long, victim)
