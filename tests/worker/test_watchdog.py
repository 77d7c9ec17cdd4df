"""A handler that blocks the event loop is named; a loop that is stuck ends the process."""

import asyncio
import threading

from jobyard.domain.job import JobState
from jobyard.handlers.registry import JobContext
from jobyard.worker.held import Run
from jobyard.worker.watchdog import STUCK_EXIT, Watchdog
from tests.worker.conftest import Payload, Yard


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


def test_a_stuck_loop_ends_the_process() -> None:
    ended = threading.Event()
    codes: list[int] = []

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    def nothing(run: Run | None, stack: str, seconds: float) -> None: ...

    watchdog = Watchdog(end.__code__, nothing, blocked_seconds=0.01, stuck_seconds=0.05, end=end)
    watchdog.start()
    assert ended.wait(30)
    watchdog.stop()
    assert codes == [STUCK_EXIT]


def test_a_loop_that_ticks_is_left_alone() -> None:
    told: list[float] = []
    looked = threading.Event()

    def blocked(run: Run | None, stack: str, seconds: float) -> None:
        told.append(seconds)
        looked.set()

    watchdog = Watchdog(blocked.__code__, blocked, blocked_seconds=0.3, stuck_seconds=60)
    watchdog.start()
    assert looked.wait(30)  # nobody ticks: told
    watchdog.tick()
    watchdog.stop()
    assert len(told) == 1
    assert told[0] >= 0.3
