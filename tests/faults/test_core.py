"""The core of the faults: real worker processes that die, freeze and are told to stop. Long ones: test_long.py."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.yard import FaultYard, fault_yard


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


async def test_kill_9_and_a_freeze_past_the_lease_lose_nothing_and_finish_nothing_twice(yard: FaultYard) -> None:
    """R1 to R4: one worker is killed, another sleeps until its jobs run elsewhere, and wakes up with its results."""
    for name in ("killed", "frozen", "steady"):
        yard.start(name)
    await yard.until("SELECT count(*) = 3 FROM workers")
    await yard.submit(60, seconds=2)  # so long that all three hold some when two are struck
    await yard.until("SELECT count(DISTINCT worker_id) = 3 FROM live_jobs WHERE worker_id IS NOT NULL")
    yard.signal("killed", signal.SIGKILL)
    yard.signal("frozen", signal.SIGSTOP)
    await yard.until("SELECT count(*) = 2 FROM workers WHERE ended_at IS NOT NULL")
    yard.signal("frozen", signal.SIGCONT)
    await yard.until_finished(1)
    await yard.check_records()
    assert await yard.value("SELECT sum(crashes) > 0 FROM finished_jobs")
    assert await yard.value("SELECT max(attempt) = 1 FROM finished_jobs")


async def test_sigterm_gives_back_what_runs_and_exits_with_0(yard: FaultYard) -> None:
    """R5: also when it is told twice."""
    yard.start("stopped")
    ids = await yard.submit(20, seconds=600)
    await yard.until("SELECT count(*) = 10 FROM live_jobs WHERE worker_id IS NOT NULL AND progress IS NOT NULL")
    yard.signal("stopped", signal.SIGTERM)
    yard.signal("stopped", signal.SIGTERM)
    assert await yard.wait("stopped") == 0
    assert await yard.value(
        "SELECT bool_and(worker_id IS NULL AND attempt = 0 AND crashes = 0 AND place IS NOT NULL) FROM live_jobs"
    )
    assert await yard.value("SELECT count(*) FROM live_jobs") == len(ids)
    assert await yard.value("SELECT count(*) FROM workers WHERE ended_at IS NULL") == 0


async def test_postgresql_crashes_and_workers_come_back_by_themselves(yard: FaultYard) -> None:
    """R1 and R6: what was answered is there after a crash, and the workers go on."""
    yard.start("one")
    yard.start("two")
    await yard.until("SELECT count(*) = 2 FROM workers")
    await yard.submit(300, seconds=0.02)
    await yard.until_finished(0.2)
    await asyncio.to_thread(yard.crash_postgres)
    await yard.until_finished(1)
    await yard.check_records()
