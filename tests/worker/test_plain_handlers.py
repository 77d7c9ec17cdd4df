"""Plain functions as handlers: in threads, and in processes that can be killed."""
# pyright: reportPrivateUsage=false

import asyncio
import math
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jobyard.domain.job import JobState, Outcome
from jobyard.handlers.registry import JobContext, Registry
from jobyard.worker import processes
from jobyard.worker.processes import Processes
from jobyard.worker.threads import JobStopped, Threads
from tests.worker import plain_handlers
from tests.worker.conftest import Payload, Yard
from tests.worker.plain_handlers import Order

IN_BOTH = pytest.mark.parametrize("cpu_bound", [False, True], ids=["thread", "process"])


def order(do: str, path: Path | None = None) -> dict[str, str]:
    return {"do": do, "path": str(path or "")}


@IN_BOTH
async def test_it_runs_beside_the_event_loop(yard: Yard, cpu_bound: bool) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=cpu_bound):
        job_id = await yard.submit_payload(order("answer"))
        await yard.until(JobState.COMPLETED, job_id)
    result: dict[str, Any] = msgspec.json.decode(bytes((await yard.engine.get(job_id)).result))
    assert (result["pid"] != os.getpid()) == cpu_bound
    assert result["thread"] != threading.get_ident() or cpu_bound
    assert result["attempt"] == 1


@IN_BOTH
@pytest.mark.parametrize(
    ("do", "state", "type_", "runs"),
    [
        ("fail", JobState.FAILED, "refused", 1),
        ("retry", JobState.FAILED, "failed", 2),
        ("snooze", JobState.COMPLETED, None, 2),
        ("exit", JobState.FAILED, None, 2),
        ("nonsense", JobState.FAILED, "ValueError", 2),
    ],
)
async def test_what_it_raises_is_heard(
    yard: Yard, cpu_bound: bool, do: str, state: JobState, type_: str | None, runs: int
) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=cpu_bound):
        job_id = await yard.submit_payload(order(do), max_attempts=2)
        await yard.until(state, job_id)
    job = await yard.engine.get(job_id)
    assert job.run == runs
    if type_ is not None:
        assert job.error is not None
        assert job.error.type == type_


@IN_BOTH
async def test_a_time_out_ends_it(yard: Yard, cpu_bound: bool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=cpu_bound):
        await yard.until(JobState.COMPLETED, await yard.submit_payload(order("answer")))  # the process has started
        job_id = await yard.submit_payload(order("for ever", begun), max_attempts=1, timeout_seconds=3)
        await yard.until(JobState.FAILED, job_id)
    attempts = await yard.store.attempts(yard.engine.viewer, job_id)
    assert attempts is not None
    assert [attempt.outcome for attempt in attempts] == [Outcome.TIMED_OUT]
    await ended(begun, cpu_bound=cpu_bound)


@IN_BOTH
async def test_a_cancel_ends_it(yard: Yard, cpu_bound: bool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=cpu_bound, cancel_patience_seconds=0.01):
        job_id = await yard.submit_payload(order("for ever", begun))
        await exists(begun)
        await yard.store.cancel(yard.engine.viewer, [job_id])
        await yard.until(JobState.CANCELLED, job_id)
        await ended(begun, cpu_bound=cpu_bound)


@pytest.mark.parametrize(("do", "code"), [("die", -9), ("leave", 0)])
async def test_a_process_that_ends_fails_its_attempt_alone(yard: Yard, tmp_path: Path, do: str, code: int) -> None:
    """Also beside another that goes on, and long before its time-out."""
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=True):
        other = await yard.submit_payload(order("wait", tmp_path / "other"), max_attempts=1)
        await exists(tmp_path / "other")
        killed = await yard.submit_payload(order(do), max_attempts=1, timeout_seconds=3600)
        await yard.until(JobState.FAILED, killed)
        (tmp_path / "other.go").touch()
        await yard.until(JobState.COMPLETED, other)
        after = await yard.submit_payload(order("answer"))
        await yard.until(JobState.COMPLETED, after)
    error = (await yard.engine.get(killed)).error
    assert error is not None
    assert (error.type, error.message) == ("ProcessDied", f"its process ended with exit code {code}")


@IN_BOTH
async def test_an_exception_that_cannot_be_unpickled_is_told_and_harms_no_other_job(
    yard: Yard, cpu_bound: bool
) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=cpu_bound):
        odd = await yard.submit_payload(order("odd"), max_attempts=1)
        await yard.until(JobState.FAILED, odd)
        await yard.until(JobState.COMPLETED, await yard.submit_payload(order("answer"), max_attempts=1))
    error = (await yard.engine.get(odd)).error
    attempts = await yard.store.attempts(yard.engine.viewer, odd)
    assert error is not None
    assert (error.type, error.message) == ("Odd", "two words")
    assert attempts is not None
    assert attempts[0].error is not None
    assert attempts[0].error.traceback is not None
    assert 'raise Odd("two", "words")' in attempts[0].error.traceback
    assert attempts[0].error.traceback.rstrip().endswith("Odd: two words")


async def test_processes_are_started_anew_when_one_died_that_ran_nothing(yard: Yard) -> None:
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=True) as worker:
        first = await yard.submit_payload(order("answer"))
        await yard.until(JobState.COMPLETED, first)
        pid = msgspec.json.decode(bytes((await yard.engine.get(first)).result))["pid"]
        os.kill(pid, signal.SIGKILL)
        pool = worker._executor._processes._pool
        assert pool is not None
        async with asyncio.timeout(30):
            while pool.active:
                await yard.something_said()
        await yard.until(JobState.COMPLETED, await yard.submit_payload(order("answer"), max_attempts=1))


async def test_a_mark_that_was_never_sent_keeps_no_later_job_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no thread was free for a second it is not; each later one would have been taken for its predecessor."""
    pool, all_may_go = ThreadPoolExecutor(1), threading.Event()
    asyncio.get_running_loop().set_default_executor(pool)
    told = Processes(1)
    told._started()
    busy = asyncio.get_running_loop().run_in_executor(None, all_may_go.wait)
    monkeypatch.setattr(processes, "CAUGHT_UP_SECONDS", 0.01)
    await told._caught_up()
    all_may_go.set()
    await busy
    monkeypatch.setattr(processes, "CAUGHT_UP_SECONDS", 3600)
    async with asyncio.timeout(30):
        await told._caught_up()
    await told.close()


async def test_a_signal_for_the_whole_group_leaves_a_process_its_grace_time(yard: Yard, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    async with yard.working_plain(plain_handlers.handle, Order, cpu_bound=True):
        job_id = await yard.submit_payload(order("wait", begun), max_attempts=1)
        await exists(begun)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(int(begun.read_text().split()[0]), number)
        (tmp_path / "begun.go").touch()
        await yard.until(JobState.COMPLETED, job_id)


async def test_what_is_cancelled_while_it_waits_for_a_process_never_begins(yard: Yard, tmp_path: Path) -> None:
    async with yard.working_plain(
        plain_handlers.handle, Order, cpu_bound=True, processes=1, cancel_patience_seconds=0.01
    ) as worker:
        running = await yard.submit_payload(order("in C", tmp_path / "running"))
        await exists(tmp_path / "running")
        waiting = await yard.submit_payload(order("answer", tmp_path / "waiting"))
        async with asyncio.timeout(30):
            while waiting not in worker._held.runs or worker._held.runs[waiting].task is None:
                await yard.something_said()
        assert worker._held.runs[waiting].began == math.inf, "its time-out does not run yet"
        for job_id in (waiting, running):
            await yard.store.cancel(yard.engine.viewer, [job_id])
            await yard.until(JobState.CANCELLED, job_id)
        await ended(tmp_path / "running", cpu_bound=True)
        await yard.until(JobState.COMPLETED, await yard.submit_payload(order("answer")))
    assert not (tmp_path / "waiting").exists()


async def test_a_thread_that_does_not_hear_is_left_behind_and_too_many_end_the_process() -> None:
    threads = Threads(most_left_behind=1, patience_seconds=0.01)
    go_on, entered = threading.Event(), threading.Semaphore(0)

    def hears_nothing() -> None:
        while True:
            try:
                entered.release()
                go_on.wait()
            except JobStopped:
                continue
            return

    deaf = [asyncio.create_task(threads.call(hears_nothing)) for _ in range(2)]
    for _ in deaf:
        assert await asyncio.to_thread(entered.acquire, timeout=30)  # one that is not in it yet is stopped before
    for task in deaf:
        task.cancel()
    await asyncio.wait(deaf, timeout=30)
    assert threads.given_up.is_set()
    go_on.set()


def test_only_a_plain_function_at_the_top_of_a_module_can_be_cpu_bound() -> None:
    async def coroutine(_: Payload, __: JobContext) -> None: ...

    def inner(_: Payload, __: JobContext) -> None: ...

    for handler, message in ((coroutine, "plain `def`"), (inner, "top of a module")):
        with pytest.raises(ValueError, match=message):
            Registry().kind("test.kind", Payload, description="x", example={}, cpu_bound=True)(handler)


async def exists(path: Path) -> None:
    async with asyncio.timeout(30):
        while not path.exists() or not path.read_text():  # noqa: ASYNC110, ASYNC240 - written by a process, a few bytes
            await asyncio.sleep(0.01)


async def ended(begun: Path, *, cpu_bound: bool) -> None:
    """The thread or process that wrote this file is gone."""
    pid, thread = map(int, begun.read_text().split())  # noqa: ASYNC240 - as above
    deadline = time.monotonic() + 30
    while _alive(pid) if cpu_bound else thread in {one.ident for one in threading.enumerate()}:
        assert time.monotonic() < deadline, "still there"
        await asyncio.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
