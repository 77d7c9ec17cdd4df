"""A handler that blocks the event loop is named; a loop that is stuck ends the process."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from jobyard.domain.job import ClaimedJob, JobOptions, JobState
from jobyard.handlers.registry import JobContext
from jobyard.worker.held import Run
from jobyard.worker.watchdog import STARTING_SECONDS, STUCK_EXIT, Watchdog
from tests.worker.conftest import Payload, Yard

RUN = Run(ClaimedJob("(0,1)", UUID(int=7), 1, 1, 1, "test.kind", b"{}", JobOptions()), worker=1)


async def test_a_blocking_handler_keeps_its_lease_and_stands_in_the_timeline(yard: Yard) -> None:
    """It blocks until the watchdog has seen it: the note waits in memory, and the heartbeat goes on meanwhile."""
    seen = threading.Event()

    async def blocks(_: Payload, __: JobContext) -> None:
        assert seen.wait(30)

    async with yard.working(blocks, blocked_seconds=0.1) as worker:
        tell = worker._watchdog._blocked  # pyright: ignore[reportPrivateUsage]

        def told(run: Run | None, stack: str, seconds: float) -> None:
            tell(run, stack, seconds)
            seen.set()

        worker._watchdog._blocked = told  # pyright: ignore[reportPrivateUsage]
        job_id = await yard.submit()
        await yard.until(JobState.COMPLETED, job_id)
        async with asyncio.timeout(30):
            while not await yard.engine.fetchval("SELECT count(*) FROM job_events"):
                await yard.something_said()
    async with yard.engine.pool.acquire() as connection:
        row = await connection.fetchrow("SELECT job_id, type, detail ->> 'stack' AS stack FROM job_events")
    assert row is not None
    assert (row["job_id"], row["type"]) == (job_id, "loop_blocked")
    assert "seen.wait(30)" in row["stack"]
    assert (await yard.engine.get(job_id)).run == 1


def executes(run: Run, handler: Callable[[], object]) -> None:
    """Stands on the stack as the executor does."""
    handler()


class Watched:
    """A watchdog that is made to look at times that the test makes up."""

    def __init__(self, *, stuck_seconds: float = 120) -> None:
        self.told: list[tuple[Run | None, float]] = []
        self.codes: list[int] = []
        self.now = time.monotonic()
        self.cpu = time.process_time()
        self.dog = Watchdog(executes.__code__, self._blocked, stuck_seconds=stuck_seconds, end=self.codes.append)
        self.look(0.01)

    def _blocked(self, run: Run | None, stack: str, seconds: float) -> None:
        self.told.append((run, seconds))

    def look(self, later: float, *, cpu: float = 0) -> None:
        self.now, self.cpu = self.now + later, self.cpu + cpu
        self.dog.look(self.now, self.cpu)

    def watch(self, seconds: float) -> None:
        """Look all the time, until it has ended the process."""
        for _ in range(int(seconds * 4)):
            if not self.codes:
                self.look(0.25)


def test_a_handler_that_holds_the_loop_for_so_long_ends_the_process_and_is_named() -> None:
    watched = Watched()
    with capture_logs() as logs:
        executes(RUN, lambda: watched.watch(119))
        assert watched.codes == []
        assert [run for run, _ in watched.told] == [RUN], "it is told once"
        executes(RUN, lambda: watched.watch(3))
    assert watched.codes == [STUCK_EXIT]
    (line,) = [line for line in logs if line["log_level"] == "critical"]
    assert (line["job_id"], line["kind"], line["for_seconds"]) == (str(RUN.job.id), "test.kind", 120)
    assert "watched.watch(3)" in line["stack"]


def test_a_loop_that_ticks_is_left_alone() -> None:
    watched = Watched(stuck_seconds=5)
    with capture_logs() as logs:
        for _ in range(4):
            executes(RUN, lambda: watched.watch(4))
            watched.dog.tick()
            watched.look(0.25)
    assert watched.codes == []
    assert len(watched.told) == 4, "each time that it is blocked"
    assert len([line for line in logs if line["event"] == "the event loop goes on"]) == 4


@pytest.mark.parametrize("frozen_seconds", [2, 130, 100_000])
def test_a_process_that_was_frozen_goes_on(frozen_seconds: float) -> None:
    """Its loop, and this thread, have done nothing for as long: the one is as innocent as the other."""
    watched = Watched(stuck_seconds=5)
    with capture_logs() as logs:
        executes(RUN, lambda: watched.look(frozen_seconds))
        executes(RUN, lambda: watched.watch(4))
    assert watched.codes == []
    frozen = [line["for_seconds"] for line in logs if "this process was frozen" in line["event"]]
    assert frozen == ([frozen_seconds] if frozen_seconds > 5 else [])
    executes(RUN, lambda: watched.watch(2))
    assert watched.codes == [STUCK_EXIT], "it holds the loop awake, too"


def test_code_that_held_the_interpreters_lock_is_named_when_it_lets_go() -> None:
    watched = Watched()
    with capture_logs() as logs:
        executes(RUN, lambda: watched.look(30, cpu=29))
    (line,) = logs
    assert (line["log_level"], line["job_id"], line["kind"]) == ("error", str(RUN.job.id), "test.kind")
    assert "interpreter's lock" in line["event"]
    assert watched.codes == []


def test_what_holds_the_loop_at_the_start_and_is_no_handler_is_the_start() -> None:
    watched = Watched(stuck_seconds=5)
    watched.watch(STARTING_SECONDS - 1)
    assert (watched.told, watched.codes) == ([], [])
    watched.watch(3)
    assert [run for run, _ in watched.told] == [None]
    assert watched.codes == [STUCK_EXIT]


def test_it_watches_from_a_thread() -> None:
    told = threading.Event()
    seen: list[Any] = []

    def blocked(run: Run | None, stack: str, seconds: float) -> None:
        seen.extend([run, stack, seconds])
        told.set()

    dog = Watchdog(executes.__code__, blocked, blocked_seconds=0.3)
    dog.start()
    executes(RUN, lambda: told.wait(30))
    dog.stop()
    assert seen[0] is RUN
    assert "told.wait(30)" in seen[1]
    assert seen[2] >= 0.3
