"""Stops of real processes that something holds up, or that come at an unlucky moment."""

import asyncio
import os
import select
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from jobyard.postgres.embedded import free_port
from jobyard.stop_limit import END_SECONDS, OVERDUE_EXIT
from tests.faults.api import is_ready
from tests.faults.yard import FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

JSON = {"JOBYARD_LOG_JSON": "true", "JOBYARD_LEASE_SECONDS": "60"}
OVERDUE = "this process did not end when it was told to"


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


async def serve(yard: FaultYard, command: str, **settings: str) -> int:
    """An API with a worker in it. The pid of Granian's child, once it answers."""
    port = free_port()
    yard.start("api", command, JOBYARD_API_PORT=str(port), **JSON, **settings)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client, asyncio.timeout(120):
        while not await is_ready(client):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    return child_of(yard.workers["api"].pid)


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    (child,) = [one for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
    return int(child)


async def gone(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert (await asyncio.to_thread(select.select, [descriptor], [], [], 120))[0], f"process {pid} is still alive"
    finally:
        os.close(descriptor)


async def test_a_worker_whose_loop_is_blocked_when_it_is_told_to_stop_is_named_and_ended(yard: FaultYard) -> None:
    yard.start("blocked", "rogue", **JSON)
    await yard.submit_all([("rogue.loop", {"do": "block", "seconds": 600})])
    await told(yard, "blocked", "a handler blocks the event loop")
    yard.signal("blocked", signal.SIGTERM)
    assert await yard.wait("blocked") == OVERDUE_EXIT
    (line,) = yard.lines_of("blocked", OVERDUE)
    assert (line["level"], line["after_seconds"]) == ("critical", 1 + END_SECONDS)
    assert "time.sleep(payload.seconds)" in line["stacks"]


async def test_an_api_whose_loop_is_blocked_is_too(yard: FaultYard) -> None:
    child = await serve(yard, "rogue serve")
    await yard.submit_all([("rogue.loop", {"do": "block", "seconds": 600})])
    await told(yard, "api", "a handler blocks the event loop")
    yard.signal("api", signal.SIGTERM)
    assert await yard.wait("api") == 0
    await gone(child)
    (line,) = yard.lines_of("api", OVERDUE)
    assert "time.sleep(payload.seconds)" in line["stacks"]


async def test_a_deaf_thread_does_not_hold_up_the_end_of_an_api(yard: FaultYard) -> None:
    child = await serve(yard, "rogue serve patient")
    await yard.submit_all([("rogue.loop", {"do": "stray"}), ("rogue.thread", {"do": "in C"})])
    await yard.until("SELECT count(*) = 2 FROM live_jobs WHERE progress IS NOT NULL")
    yard.signal("api", signal.SIGTERM)
    assert await yard.wait("api") == 0
    await gone(child)
    assert not yard.lines_of("api", OVERDUE)
    assert not yard.lines_of("api", "Killing worker")
    assert await yard.value("SELECT bool_and(worker_id IS NULL AND attempt = 0 AND crashes = 0) FROM live_jobs")


async def test_an_api_that_is_told_many_times_stops_once(yard: FaultYard) -> None:
    """As by Ctrl-C in a terminal, which all processes hear, and again."""
    child = await serve(yard, "rogue serve patient")
    for _ in range(5):
        os.kill(child, signal.SIGINT)
        os.kill(child, signal.SIGTERM)
        yard.signal("api", signal.SIGINT)
    assert await yard.wait("api") == 0
    await gone(child)
    assert not yard.lines_of("api", OVERDUE)
    assert not yard.lines_of("api", "Killing worker")


async def test_a_stop_between_two_runs_of_the_event_loop_is_heard(yard: FaultYard) -> None:
    """Each child stops itself there; the server gives up when the second one has."""
    yard.start("api", "rogue serve patient early", JOBYARD_API_PORT=str(free_port()), **JSON)
    assert await yard.wait("api") == 1
    assert yard.lines_of("api", "Worker crash loop detected")
    assert not yard.lines_of("api", OVERDUE)


async def test_a_child_whose_parent_was_killed_before_it_could_follow_ends(yard: FaultYard) -> None:
    yard.start("api", "rogue serve orphan", JOBYARD_API_PORT=str(free_port()), **JSON)
    await told(yard, "api", "a child waits for the end of its parent")
    child = child_of(yard.workers["api"].pid)
    yard.signal("api", signal.SIGKILL)
    await yard.wait("api")
    await gone(child)


async def told(yard: FaultYard, name: str, event: str) -> None:
    """Wait until it is in the log."""
    async with asyncio.timeout(120):
        while not yard.lines_of(name, event):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
