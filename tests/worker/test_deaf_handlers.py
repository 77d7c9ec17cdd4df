"""Handlers that do not stop when they are told to: what becomes of their jobs, their slots and their process."""
# pyright: reportPrivateUsage=false

import asyncio
from typing import Any

import pytest

from jobyard.domain.job import JobState, Outcome
from jobyard.handlers.registry import JobContext
from tests.worker.conftest import Payload, Yard


async def test_a_handler_that_swallows_the_stop_is_stopped_again(yard: Yard) -> None:
    swallowed = 0

    async def stubborn(_: Payload, __: JobContext) -> None:
        nonlocal swallowed
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed += 1
        await asyncio.Event().wait()

    async with yard.working(stubborn, cancel_patience_seconds=0.01, cancel_again_seconds=0.01):
        job_id = await yard.submit()
        await yard.until(JobState.RUNNING, job_id)
        async with asyncio.timeout(30):
            await yard.entered.wait()
        await yard.store.cancel(yard.engine.viewer, [job_id])
        await yard.until(JobState.CANCELLED, job_id)
    assert swallowed == 1


class Deaf:
    """A handler that swallows every stop until it is let go; other jobs just end."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.swallowed = 0

    async def __call__(self, payload: Payload, _: JobContext) -> str:
        while payload.value == "deaf" and not self.let_go.is_set():
            try:
                await self.let_go.wait()
            except asyncio.CancelledError:
                self.swallowed += 1
        return "late"


async def test_a_handler_that_swallows_every_stop_keeps_neither_its_job_nor_its_slot(yard: Yard) -> None:
    deaf = Deaf()
    quick: dict[str, Any] = {"cancel_patience_seconds": 0.01, "cancel_left_seconds": 0.01, "cancel_again_seconds": 0.01}
    async with yard.working(deaf, slots=1, **quick) as worker:
        job_id = await yard.submit(value="deaf")
        await yard.entered.wait()
        await yard.store.cancel(yard.engine.viewer, [job_id])
        await yard.until(JobState.CANCELLED, job_id)
        assert worker._slots.left_behind == 1
        await yard.until(JobState.COMPLETED, await yard.submit())
        deaf.let_go.set()
        async with asyncio.timeout(30):
            while worker._slots.left_behind:
                await yard.something_said()
        assert len(worker._slots._tasks) == 1, "the one that came back ends"
        await yard.until(JobState.COMPLETED, await yard.submit())
    assert await yard.engine.state(job_id) is JobState.CANCELLED, "what it returns late is dropped"
    assert deaf.swallowed


async def test_a_time_out_that_is_swallowed_ends_the_attempt(yard: Yard) -> None:
    deaf = Deaf()
    async with yard.working(deaf, slots=1, cancel_again_seconds=0.01):
        job_id = await yard.submit(value="deaf", max_attempts=1, timeout_seconds=0.05)
        await yard.until(JobState.FAILED, job_id)
        await yard.until(JobState.COMPLETED, await yard.submit())
        deaf.let_go.set()
    attempts = await yard.store.attempts(yard.engine.viewer, job_id)
    assert attempts is not None
    assert [attempt.outcome for attempt in attempts] == [Outcome.TIMED_OUT]


async def test_a_worker_ends_whatever_its_handlers_swallow(yard: Yard) -> None:
    deaf = Deaf()
    async with yard.working(deaf):
        job_id = await yard.submit(value="deaf")
        await yard.entered.wait()
    assert not deaf.let_go.is_set()
    assert deaf.swallowed
    assert (await yard.engine.get(job_id)).state is JobState.PENDING
    deaf.let_go.set()


async def test_a_worker_with_too_many_handlers_left_behind_ends(yard: Yard) -> None:
    deaf = Deaf()

    async def two_are_left_behind() -> None:
        quick: dict[str, Any] = {"cancel_patience_seconds": 0.01, "cancel_left_seconds": 0.01, "beat_seconds": 0.05}
        async with yard.working(deaf, slots=1, **quick), asyncio.timeout(60):
            for job_id in [await yard.submit(value="deaf") for _ in range(2)]:
                await yard.until(JobState.RUNNING, job_id)
                await yard.store.cancel(yard.engine.viewer, [job_id])
                await yard.until(JobState.CANCELLED, job_id)
            while any(task.get_name() == "slots" for task in asyncio.all_tasks()):
                await yard.something_said()

    with pytest.raises(RuntimeError, match="too many handlers do not stop"):
        await two_are_left_behind()
    assert await yard.engine.fetchval("SELECT count(*) FROM workers WHERE ended_at IS NULL") == 0, "it left in order"
    deaf.let_go.set()
