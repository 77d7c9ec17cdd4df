"""What handlers log: all of it, before the outcome, and nothing of a run that was lost."""

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobState
from jobyard.domain.limits import Limits
from jobyard.domain.outcome import Snooze
from jobyard.handlers.registry import JobContext
from jobyard.ports import LoggedRun, LogLevel, LogLine, LogPlace, NewLogLine
from jobyard.postgres.job_history import PostgresJobHistory
from jobyard.postgres.job_logs import PostgresLogSink
from jobyard.worker.log_book import LogBook
from tests.engine import conftest as storage
from tests.engine.conftest import Engine
from tests.worker import plain_handlers
from tests.worker.conftest import Payload, Yard
from tests.worker.plain_handlers import Order

START = LogPlace(0, 0)

first, second = storage.first, storage.second  # the same fixtures


async def lines_of(engine: Engine, job_id: UUID, after: LogPlace = START, limit: int = 2_000) -> list[LogLine]:
    lines = await PostgresJobHistory(engine.pool).logs(engine.viewer, job_id, after, limit)
    assert lines is not None
    return lines


async def test_all_lines_are_there_before_the_outcome(yard: Yard) -> None:
    async def chatty(_: Payload, context: JobContext) -> None:
        for number in range(500):
            context.log(f"line {number}")
        context.log("odd \0 \ud800 text", level="error")
        if context.run == 1:
            raise Snooze(0)

    seen: list[int] = []
    async with yard.working(chatty):
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
        seen.append(len(await lines_of(yard.engine, job_id)))
    lines = await lines_of(yard.engine, job_id)
    assert seen == [len(lines)] == [1_002]
    assert [line.message for line in lines[:2]] == ["line 0", "line 1"]
    assert (lines[500].message, lines[500].level) == ("odd \ufffd ? text", LogLevel.ERROR)
    assert [line.place for line in lines] == [LogPlace(run, number) for run in (1, 2) for number in range(1, 502)]
    assert await lines_of(yard.engine, job_id, lines[-2].place) == lines[-1:]
    assert await PostgresJobHistory(yard.engine.pool).logs(yard.engine.other, job_id, START, 9) is None


async def test_a_line_can_be_read_while_the_job_runs(yard: Yard) -> None:
    go_on = asyncio.Event()

    async def waits(_: Payload, context: JobContext) -> None:
        context.log("hello")
        await go_on.wait()

    async with yard.working(waits):
        job_id = await yard.submit()
        await yard.entered.wait()
        async with asyncio.timeout(30):
            while not await lines_of(yard.engine, job_id):
                await yard.something_said()
        assert await yard.engine.state(job_id) is JobState.RUNNING
        go_on.set()
        await yard.until(JobState.COMPLETED, job_id)


@pytest.mark.parametrize("cpu_bound", [False, True], ids=["thread", "process"])
async def test_plain_functions_log_too(yard: Yard, cpu_bound: bool) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=cpu_bound):
        job_id = await yard.submit_payload({"do": "log", "path": ""})
        await yard.until(JobState.COMPLETED, job_id)
        lines = await lines_of(yard.engine, job_id)
    assert [line.message for line in lines] == [f"line {number}" for number in range(200)]
    assert lines[0].level is LogLevel.WARNING


async def test_the_last_words_of_a_process_that_dies_are_kept(yard: Yard) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=True):
        job_id = await yard.submit_payload({"do": "log and die", "path": ""}, max_attempts=1)
        await yard.until(JobState.FAILED, job_id)
        assert [line.message for line in await lines_of(yard.engine, job_id)] == ["the last words"]


async def test_a_run_that_logs_too_much_is_cut_and_says_so(yard: Yard) -> None:
    async def floods(_: Payload, context: JobContext) -> None:
        for _number in range(1_500):
            context.log("x" * 10)
        assert context.run == 1

    async with yard.working(floods):
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
    lines = await lines_of(yard.engine, job_id)
    assert len(lines) == 1_000
    assert lines[-1].message == "further lines are not kept: the limit of an attempt is 1000 lines or 256 KiB"
    assert lines[-1].level is LogLevel.WARNING


async def test_the_limits_are_those_that_the_operator_sets(yard: Yard) -> None:
    async def floods(_: Payload, context: JobContext) -> None:
        for _number in range(30):
            context.log("y" * 100)

    async with yard.working(floods, limits=Limits(log_lines=12, log_line_bytes=64)):
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
    lines = await lines_of(yard.engine, job_id)
    assert [len(line.message.encode()) for line in lines[:-1]] == [64] * 11
    assert "12 lines" in lines[-1].message


def test_long_lines_and_many_bytes_are_cut() -> None:
    book = LogBook(Limits())
    book.add("é" * 5_000, "info", None)
    (line,) = book.pending
    assert len(line.message.encode()) <= 4_096
    assert line.message.endswith("…")
    for _ in range(100):
        book.add("y" * 5_000, "info", None)
    assert sum(len(line.message.encode()) for line in book.pending) <= 256 * 1024 + 200
    assert book.pending[-1].message.startswith("further lines are not kept")
    with pytest.raises(ValueError, match="loud"):
        book.add("z", "loud", None)


def test_threads_may_log_at_the_same_time() -> None:
    book = LogBook(Limits())
    threads = [threading.Thread(target=lambda: [book.add("x", "info", None) for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.number for line in book.pending] == list(range(1, 801))


async def test_a_line_whose_answer_was_lost_is_kept_once(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database has the lines, and the connection breaks before it says so."""
    append, failures = PostgresLogSink.append, iter([True, False])

    async def loses_an_answer(self: PostgresLogSink, worker: int, runs: Sequence[LoggedRun]) -> None:
        await append(self, worker, runs)
        if next(failures, False):
            raise Unavailable("the answer is lost")

    async def logs(_: Payload, context: JobContext) -> None:
        context.log("once")

    monkeypatch.setattr(PostgresLogSink, "append", loses_an_answer)
    async with yard.working(logs):
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
    assert [line.message for line in await lines_of(yard.engine, job_id)] == ["once"]


async def test_who_lost_a_run_logs_nothing_to_it(engine: Engine, first: int, second: int) -> None:
    job_id = await engine.submit()
    lost = await engine.claim_one(first)
    await engine.lose(first)
    held = await engine.claim_one(second)
    sink = PostgresLogSink(engine.pool)

    def run(job: Any, message: str) -> LoggedRun:
        return LoggedRun(job, [NewLogLine(1, time.monotonic(), LogLevel.INFO, message)], unsure=False)

    await sink.append(first, [run(lost, "late")])
    await sink.append(second, [run(lost, "of another run")])
    await sink.append(second, [run(held, "right")])
    assert [line.message for line in await lines_of(engine, job_id)] == ["right"]


async def test_secrets_of_the_payload_stay_out_of_lines_progress_and_errors(yard: Yard) -> None:
    class Call(msgspec.Struct):
        token: str = ""

    def handler(payload: Any, context: JobContext) -> None:
        context.log(f"calling with {payload.token}")
        context.progress(0.5, f"using {payload.token}")
        raise ValueError(f"{payload.token} was refused")

    async with yard.working_plain(handler, Call, cpu_bound=False, secret=("token",)):
        job_id = await yard.submit_payload({"token": "tok_4711abc"}, max_attempts=1)
        await yard.until(JobState.FAILED, job_id)
    attempts = await yard.store.attempts(yard.engine.viewer, job_id)
    told = repr((attempts, await lines_of(yard.engine, job_id), await yard.engine.get(job_id)))
    assert "calling with ***" in told
    assert "*** was refused" in told
    assert "tok_4711abc" in bytes((await yard.engine.get(job_id)).payload).decode()  # a retry needs it
    assert "tok_4711abc" not in repr((attempts, await lines_of(yard.engine, job_id)))
