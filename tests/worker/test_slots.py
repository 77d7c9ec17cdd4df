"""A handler that cancels the task it runs in: neither its slot nor another's job pays for it."""
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from jobyard.domain.job import JobState
from jobyard.handlers.registry import JobContext
from tests.worker.conftest import Payload, Yard


def own_task() -> "asyncio.Task[None]":
    task = asyncio.current_task()
    assert task is not None
    return task


async def cancels_and_waits() -> None:
    own_task().cancel()
    await asyncio.Event().wait()


async def cancels_and_returns() -> None:
    own_task().cancel()


async def returns() -> None:
    """And is cancelled later, as by a timer that was left behind."""


async def swallows_and_returns() -> None:
    own_task().cancel()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return


@pytest.mark.parametrize(
    ("odd", "state"),
    [
        (cancels_and_waits, JobState.FAILED),
        (cancels_and_returns, JobState.COMPLETED),
        (returns, JobState.COMPLETED),
        (swallows_and_returns, JobState.COMPLETED),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_a_handler_that_cancels_its_own_task_costs_no_slot(
    yard: Yard, odd: Callable[[], Awaitable[None]], state: JobState
) -> None:
    async def handler(payload: Payload, _: JobContext) -> None:
        if payload.value == "odd":
            tasks.append(own_task())
            await odd()
        else:
            await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    async with yard.working(handler, slots=1) as worker:
        for _ in range(2):
            odd_one = await yard.submit(value="odd", max_attempts=1)
            await yard.until(state, odd_one)
            tasks[-1].cancel()
            await yard.until(JobState.COMPLETED, await yard.submit(max_attempts=1))
        assert len(worker._slots._tasks) == 1
