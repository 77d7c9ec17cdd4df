"""Handlers that block, freeze with their process, hear nothing or raise, in real worker processes."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobyard.domain.limits import Limits
from jobyard.worker.watchdog import STUCK_EXIT
from tests.faults.api import api, viewer_of
from tests.faults.yard import OPTIONS, FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEASE = {"JOBYARD_LEASE_SECONDS": "5", "JOBYARD_LOG_JSON": "true"}
STUCK = {**LEASE, "JOBYARD_STUCK_SECONDS": "5"}
BLOCKED_SECONDS = 12
FROZEN_SECONDS = 10
ONCE = replace(OPTIONS, max_attempts=1)
HELD_BY = "SELECT count(*) = $2 FROM live_jobs j JOIN workers w ON w.id = j.worker_id WHERE w.name = $1"
TOLD = """
SELECT count(*) = 1 FROM job_events
WHERE type = 'loop_blocked' AND job_id = $1 AND run = 1 AND detail ->> 'stack' LIKE '%time.sleep(payload.seconds)%'
"""


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


def blocks(seconds: float) -> list[tuple[str, Any]]:
    """One that blocks the loop in its first run, and three neighbours who have ended long before, could they tell."""
    return [
        ("rogue.loop", {"do": "block", "seconds": seconds}),
        *[("rogue.loop", {"do": "sleep", "seconds": 1})] * 3,
    ]


async def test_a_block_longer_than_the_lease_loses_no_job(yard: FaultYard) -> None:
    """R7: another worker stands by, and takes nothing. It is told of while it goes on, to the owner and in the log."""
    yard.start("blocked", "rogue", **LEASE)
    await yard.until("SELECT count(*) = 1 FROM workers")
    yard.start("other", **LEASE)  # leads when the first one can't, and has no handler of these kinds
    await yard.until("SELECT count(*) = 2 FROM workers")
    culprit, *_ = await yard.submit_all(blocks(BLOCKED_SECONDS))
    await yard.until(TOLD, culprit)
    assert await yard.value(HELD_BY, "blocked", 4), "it is told while the loop is blocked, and no result is recorded"
    await yard.until_finished(1)
    await yard.check_records()
    assert await yard.value("SELECT bool_and(run = 1 AND crashes = 0) FROM finished_jobs")
    assert await yard.value(
        "SELECT min(finished_at - started_at) > make_interval(secs => $1) FROM finished_jobs", BLOCKED_SECONDS - 1
    )
    assert await yard.value("SELECT count(*) = 2 FROM workers"), "nobody had to come back as a new worker"
    (line,) = yard.lines_of("blocked", "a handler blocks the event loop")
    assert (line["job_id"], line["kind"]) == (str(culprit), "rogue.loop")
    assert "time.sleep(payload.seconds)" in line["stack"]


async def test_a_loop_that_is_stuck_ends_its_process_and_its_jobs_run_elsewhere(yard: FaultYard) -> None:
    yard.start("stuck", "rogue", **STUCK)
    await yard.until("SELECT count(*) = 1 FROM workers")
    culprit, *_ = await yard.submit_all(blocks(600))
    await yard.until(HELD_BY, "stuck", 4)
    yard.start("other", "rogue", **LEASE)
    assert await yard.wait("stuck") == STUCK_EXIT
    await yard.until_finished(1)
    await yard.check_records()
    assert await yard.value("SELECT bool_and(run = 2 AND attempt = 1 AND crashes = 1) FROM finished_jobs")
    assert await yard.value(TOLD, culprit), "the owner can read why its worker was lost"
    (line,) = yard.lines_of("stuck", "the event loop is stuck")
    assert (line["level"], line["job_id"], line["kind"]) == ("critical", str(culprit), "rogue.loop")
    assert "time.sleep(payload.seconds)" in line["stack"]


async def test_code_in_c_that_holds_the_interpreters_lock_ends_its_process(yard: FaultYard) -> None:
    """It stops every thread: the heartbeat, so that its jobs run elsewhere, and whoever could end it in Python."""
    yard.start("held", "rogue", **STUCK)
    await yard.until("SELECT count(*) = 1 FROM workers")
    await yard.submit_all([("rogue.loop", {"do": "hold"})])
    await yard.until(HELD_BY, "held", 1)
    yard.start("other", "rogue", **STUCK)
    await yard.until_finished(1)
    await yard.check_records()
    assert await yard.value("SELECT bool_and(run = 2 AND crashes = 1) FROM finished_jobs")
    assert await yard.wait("held") == -signal.SIGVTALRM
    assert "in hold_the_interpreter" in yard.log_of("held")


async def test_a_process_that_was_frozen_for_long_goes_on_when_it_wakes_up(yard: FaultYard) -> None:
    """Amid a handler that blocks: its loop did not tick for longer than it may, and its watchdog did not look."""
    yard.start("frozen", "rogue", **STUCK)
    await yard.until("SELECT count(*) = 1 FROM workers")
    yard.start("other", **STUCK)  # takes back what the first one held, and has no handler of these kinds
    await yard.until("SELECT count(*) = 2 FROM workers")
    culprit, *_ = await yard.submit_all(blocks(FROZEN_SECONDS + 3.5))
    await yard.until(TOLD, culprit)
    struck = await yard.value("SELECT clock_timestamp()")
    yard.signal("frozen", signal.SIGSTOP)
    await yard.until("SELECT count(*) = 1 FROM workers WHERE name = 'frozen' AND ended_at IS NOT NULL")
    await yard.until("SELECT clock_timestamp() > $1::timestamptz + make_interval(secs => $2)", struck, FROZEN_SECONDS)
    yard.signal("frozen", signal.SIGCONT)
    await yard.until("SELECT count(*) = 1 FROM workers WHERE name = 'frozen' AND ended_at IS NULL")
    await yard.until_finished(1)
    await yard.check_records()
    assert yard.lines_of("frozen", "this process was frozen")
    assert not yard.lines_of("frozen", "is stuck")
    yard.signal("frozen", signal.SIGTERM)
    assert await yard.wait("frozen") == 0


async def test_a_deaf_thread_frees_its_slot_after_its_time_out_and_ends_with_its_process(yard: FaultYard) -> None:
    yard.start("deaf", "rogue", **LEASE, JOBYARD_WORKER_SLOTS="1")
    (deaf,) = await yard.submit_all([("rogue.thread", {"do": "in C"})], replace(ONCE, timeout_seconds=1))
    await yard.until("SELECT count(*) = 1 FROM finished_jobs WHERE id = $1 AND state = 6", deaf)
    (after,) = await yard.submit_all([("rogue.thread", {})])
    await yard.until("SELECT count(*) = 1 FROM finished_jobs WHERE id = $1 AND state = 5", after)
    # Neither that thread, nor one of the loop's own that a handler went off to, nor a task that swallows its stop.
    await yard.submit_all([("rogue.loop", {"do": "stray"})])
    await yard.until("SELECT count(*) = 1 FROM live_jobs WHERE progress IS NOT NULL")
    yard.signal("deaf", signal.SIGTERM)
    assert await yard.wait("deaf") == 0
    assert "is left behind" in yard.log_of("deaf")
    assert await yard.value("SELECT bool_and(worker_id IS NULL AND attempt = 0) FROM live_jobs")


async def test_a_task_that_swallows_its_stop_ends_with_its_process(yard: FaultYard) -> None:
    yard.start("deaf", "rogue", **LEASE)
    await yard.submit_all([("rogue.loop", {"do": "swallow"})] * 3)
    await yard.until("SELECT count(*) = 3 FROM live_jobs WHERE progress IS NOT NULL")
    yard.signal("deaf", signal.SIGTERM)
    assert await yard.wait("deaf") == 0
    assert await yard.value("SELECT bool_and(worker_id IS NULL AND attempt = 0 AND crashes = 0) FROM live_jobs")
    assert await yard.value("SELECT count(*) = 1 FROM workers WHERE ended_at IS NOT NULL")


async def test_a_process_of_a_handler_does_not_outlive_its_worker(yard: FaultYard) -> None:
    yard.start("killed", "rogue", **LEASE)
    await yard.submit_all([("rogue.process", {"do": "sleep", "seconds": 600}), ("rogue.process", {"do": "in C"})])
    begun = "SELECT array_agg((progress ->> 'message')::int) FROM live_jobs WHERE progress IS NOT NULL"
    await yard.until("SELECT count(*) = 2 FROM live_jobs WHERE progress IS NOT NULL")
    processes = await yard.value(begun)
    yard.signal("killed", signal.SIGKILL)
    await yard.wait("killed")
    async with asyncio.timeout(60):
        while any(is_running(process) for process in processes):  # noqa: ASYNC110 - nobody's children any more
            await asyncio.sleep(0.05)


async def test_a_dead_letter_keeps_the_end_of_its_traceback(yard: FaultYard) -> None:
    limits = Limits()
    async with api(yard) as client:
        yard.start("worker", "rogue", **LEASE)
        viewer = await viewer_of(yard, client)
        kinds = ("rogue.loop", "rogue.thread", "rogue.process")
        ids = await yard.submit_all([(kind, {"do": "raise"}) for kind in kinds], ONCE, viewer)
        await yard.until_finished(1)
        for job_id in ids:
            job = (await client.get(f"/jobs/{job_id}")).raise_for_status().json()
            (attempt,) = (await client.get(f"/jobs/{job_id}/attempts")).raise_for_status().json()["items"]
            assert (job["state"], attempt["outcome"]) == ("failed", "failed")
            assert attempt["error"]["type"] == job["error"]["type"] == "Deep"
            message = attempt["error"]["message"]
            assert message == job["error"]["message"]
            assert (message[:10], message[-1]) == ("ö" * 10, "…")
            assert len(message.encode()) <= limits.message_bytes + len("…".encode())
            traceback = attempt["error"]["traceback"]
            assert traceback.startswith("…"), "its beginning is cut"
            assert len(traceback.encode()) <= limits.traceback_bytes + len("…".encode())
            assert 'raise Deep("ö" * 3000, "at the bottom")' in traceback
            assert traceback.rstrip().endswith("öööö at the bottom")


def is_running(process: int) -> bool:
    """Also one that has ended and that nobody has asked for is gone."""
    try:
        return Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
