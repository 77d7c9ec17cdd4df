"""The steps of a stop: whatever one meets, the next ones are taken."""
# pyright: reportPrivateUsage=false

import asyncio
from typing import Any

import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobState
from jobyard.handlers.registry import JobContext
from jobyard.postgres.upkeep import PostgresUpkeep
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker.supervisor import Worker
from tests.worker.conftest import Payload, Yard

AWAY = Unavailable("the database is away")


async def _forever(_: Payload, __: JobContext) -> None:
    await asyncio.Event().wait()


def away_until_it_leaves(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """No result can be recorded before the last steps, and not with their first try."""
    complete, leave = PostgresWorkQueue.complete, worker._leave
    refusals = iter([AWAY])
    leaving = asyncio.Event()

    async def slow(queue: PostgresWorkQueue, *arguments: Any) -> Any:
        if not leaving.is_set() or next(refusals, None) is not None:
            raise AWAY
        return await complete(queue, *arguments)

    async def last() -> None:
        leaving.set()
        await leave()

    monkeypatch.setattr(PostgresWorkQueue, "complete", slow)
    monkeypatch.setattr(worker, "_leave", last)


async def test_what_ended_is_recorded_although_the_database_was_away(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quick(_: Payload, __: JobContext) -> str:
        return "well"

    async with yard.working(quick) as worker:
        await until_registered(yard, worker)
        away_until_it_leaves(worker, monkeypatch)
        job_id = await yard.submit()
        async with asyncio.timeout(30):
            while not worker._held.outcomes:
                await yard.something_said()
    assert await yard.engine.state(job_id) is JobState.COMPLETED
    assert await alive(yard) == 0


async def test_what_ends_when_it_is_stopped_is_not_given_back(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its outcome waits to be recorded: given back, it would run again."""

    async def tidy(_: Payload, __: JobContext) -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "in time"
        return ""

    async with yard.working(tidy) as worker:
        job_id = await yard.submit()
        await yard.entered.wait()
        away_until_it_leaves(worker, monkeypatch)
    job = await yard.engine.get(job_id)
    assert (job.state, job.run) == (JobState.COMPLETED, 1)


@pytest.mark.parametrize("error", [AWAY, RuntimeError("deadlock detected")], ids=["away", "refused"])
async def test_a_step_that_fails_is_followed_by_the_others(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """What could not be given back at first is given back in the end, and the worker is gone."""
    release = PostgresWorkQueue.release
    errors = iter([error])

    async def failing(queue: PostgresWorkQueue, *arguments: Any) -> Any:
        if (refusal := next(errors, None)) is not None:
            raise refusal
        return await release(queue, *arguments)

    async with yard.working(_forever):
        job_id = await yard.submit()
        await yard.entered.wait()
        monkeypatch.setattr(PostgresWorkQueue, "release", failing)
    job = await yard.engine.get(job_id)
    assert (job.state, job.attempt, job.crashes) == (JobState.PENDING, 0, 0)
    assert await alive(yard) == 0


async def test_a_beat_after_a_worker_has_left_is_no_missed_lease(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would register anew, and resign from nothing."""
    unregister, resign = PostgresWorkQueue.unregister, PostgresUpkeep.resign
    resigned: list[int] = []

    async def amid_a_beat(queue: PostgresWorkQueue, number: int) -> None:
        await unregister(queue, number)
        worker._lost(number)

    async def noted(upkeep: PostgresUpkeep, number: int) -> None:
        resigned.append(number)
        await resign(upkeep, number)

    monkeypatch.setattr(PostgresWorkQueue, "unregister", amid_a_beat)
    monkeypatch.setattr(PostgresUpkeep, "resign", noted)
    async with yard.working(_forever) as worker:
        await until_registered(yard, worker)
        number = worker._held.worker
    assert worker._coming_back is None
    assert resigned == [number]


async def until_registered(yard: Yard, worker: Worker) -> None:
    async with asyncio.timeout(30):
        while not worker._held.worker:
            await yard.something_said()


async def alive(yard: Yard) -> int:
    return await yard.engine.fetchval("SELECT count(*) FROM workers WHERE ended_at IS NULL")
