"""Handlers that say what means nothing: it is their attempt's failure, and nobody else's."""
# pyright: reportPrivateUsage=false

import asyncio
import math
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest

from jobyard.domain.job import Job, JobState
from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.handlers.registry import JobContext
from jobyard.ports import Completed
from jobyard.postgres.work_queue import PostgresWorkQueue
from tests.worker import plain_handlers
from tests.worker.conftest import Payload, Yard
from tests.worker.plain_handlers import Order

ANY: Any = None


class Wordless(Fail):
    """Says nothing of itself: it has no message."""

    def __init__(self) -> None: ...


class Unreadable:
    """Cannot be written as text."""

    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


class Beyond(BaseException):
    """No Exception, as what extension modules raise when they panic."""


NONSENSE: dict[str, tuple[Callable[[], BaseException], str]] = {
    "snooze for no number": (lambda: Snooze(math.nan), "outcome_refused"),
    "snooze for nothing": (lambda: Snooze(ANY), "outcome_refused"),
    "retry after no number": (lambda: RetryAfter("busy", seconds=math.nan), "outcome_refused"),
    "retry after words": (lambda: RetryAfter("busy", seconds=cast_any("soon")), "outcome_refused"),
    "a type with U+0000": (lambda: Fail("x", type="a\0b"), "a\ufffdb"),
    "a type that is a number": (lambda: Fail("x", type=cast_any(HTTPStatus.NOT_FOUND)), "404"),
    "a message that is an exception": (lambda: Fail(cast_any(ValueError("five"))), "failed"),
    "a message without words": (lambda: Fail(cast_any(Unreadable())), "outcome_refused"),
    "no message": (Wordless, "outcome_refused"),
    "no exception": (lambda: Beyond("panic"), "Beyond"),
    "a group of none": (lambda: BaseExceptionGroup("several", [Beyond("panic")]), "BaseExceptionGroup"),
}


def cast_any(value: object) -> Any:
    return value


@pytest.mark.parametrize("secret", [False, True], ids=["plain", "with secrets"])
@pytest.mark.parametrize(("raised", "type_"), NONSENSE.values(), ids=NONSENSE.keys())
async def test_what_a_handler_says_that_means_nothing_fails_its_attempt_alone(
    yard: Yard, raised: Callable[[], BaseException], type_: str, secret: bool
) -> None:
    async def handler(payload: Payload, _: JobContext) -> str:
        if payload.value == "nonsense":
            raise raised()
        return "well"

    async with yard.working(handler, secret=("value",) if secret else ()):
        odd = await yard.submit(value="nonsense", max_attempts=1)
        await yard.until(JobState.FAILED, odd)
        await yard.until(JobState.COMPLETED, await yard.submit(value="sense"))
    job = await yard.engine.get(odd)
    assert (job.error and job.error.type, job.crashes) == (type_, 0)


@pytest.mark.parametrize("wish", [Snooze(math.inf), RetryAfter("busy", seconds=math.inf)], ids=["snooze", "retry"])
async def test_for_ever_is_as_long_as_may_be(yard: Yard, wish: Exception) -> None:
    async def handler(_: Payload, __: JobContext) -> None:
        raise wish

    async with yard.working(handler):
        job_id = await yard.submit()
        state = JobState.SCHEDULED if isinstance(wish, Snooze) else JobState.RETRYING
        await yard.until(state, job_id)


@pytest.mark.parametrize("fraction", [Decimal("0.5"), True, "0.5"], ids=repr)
async def test_progress_is_stored_as_a_number(yard: Yard, fraction: Any) -> None:
    go_on = asyncio.Event()

    async def handler(_: Payload, context: JobContext) -> None:
        context.progress(fraction, cast_any(ValueError("half \ud800")))
        await go_on.wait()

    async with yard.working(handler, progress_seconds=0.01):
        job_id = await yard.submit()
        progress = (await reported(yard, job_id)).progress
        go_on.set()
        await yard.until(JobState.COMPLETED, job_id)
    assert progress is not None
    assert (progress.fraction, progress.message) == (float(fraction), "half ?")


@pytest.mark.parametrize(
    ("do", "state", "type_"),
    [
        ("odd progress", JobState.COMPLETED, None),
        ("odd fail", JobState.FAILED, "404"),
        ("odd retry", JobState.FAILED, "outcome_refused"),
        ("odd snooze", JobState.FAILED, "outcome_refused"),
    ],
)
async def test_nonsense_from_a_process_harms_neither_the_pool_nor_its_reports(
    yard: Yard, do: str, state: JobState, type_: str | None
) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=True, progress_seconds=0.01) as worker:
        odd = await yard.submit_payload({"do": do, "path": ""}, max_attempts=1)
        await yard.until(state, odd)
        reader = worker._executor._processes._reader
        assert reader is not None
        assert reader.is_alive(), "nobody would hear of progress and lines any more"
        await yard.until(JobState.COMPLETED, await yard.submit_payload({"do": "answer", "path": ""}, max_attempts=1))
    error = (await yard.engine.get(odd)).error
    assert (error and error.type) == type_


async def test_an_outcome_that_is_refused_holds_up_no_other(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """For whatever reason: it is tried again, and what ends meanwhile is recorded."""
    complete = PostgresWorkQueue.complete
    may_be_recorded = False

    async def refusing(queue: PostgresWorkQueue, worker: int, runs: list[Completed]) -> set[UUID]:
        if not may_be_recorded and any(run.job.id == odd for run in runs):
            raise RuntimeError("a row that cannot be read")
        return await complete(queue, worker, runs)

    async def handler(payload: Payload, _: JobContext) -> str:
        if payload.value == "fail":
            raise Fail("as told")
        await all_run.wait()
        return "well"

    all_run = asyncio.Event()
    monkeypatch.setattr(PostgresWorkQueue, "complete", refusing)
    async with yard.working(handler):
        odd, *others = [await yard.submit() for _ in range(4)]
        failing = await yard.submit(value="fail")
        async with asyncio.timeout(30):
            while len(yard.runs) < 4:
                await yard.something_said()
        all_run.set()
        await yard.until(JobState.COMPLETED, *others)
        await yard.until(JobState.FAILED, failing)
        assert await yard.engine.state(odd) is JobState.RUNNING
        may_be_recorded = True
        await yard.until(JobState.COMPLETED, odd)
    assert len(yard.runs) == 5, "each once"


async def reported(yard: Yard, job_id: UUID) -> Job:
    """The job, as soon as it has progress."""
    async with asyncio.timeout(30):
        while (job := await yard.engine.get(job_id)).progress is None:
            await yard.something_said()
    return job
