"""Long fault tests: 10,000 jobs on four workers while everything around them breaks, and what the network can do."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import NewJob
from tests.faults.proxy import Proxy
from tests.faults.yard import FaultYard, fault_yard, terminate_backends

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


async def test_ten_thousand_jobs_on_four_workers_while_everything_breaks(yard: FaultYard) -> None:
    """R1 to R6 together: none lost, none finished twice, no two runs of one job at a time."""
    async with Proxy(yard.server.url) as proxy:
        yard.worker_url = proxy.url
        for name in ("w1", "w2", "w3", "w4"):
            yard.start(name)
        await yard.until("SELECT count(*) = 4 FROM workers")
        await yard.submit(10_000, seconds=0.02)

        await yard.until_finished(0.1)
        yard.signal("w1", signal.SIGKILL)
        await yard.wait("w1")
        yard.start("w1")

        await yard.until_finished(0.2)
        await terminate_backends(yard.server.url, "jobyard-engine")
        await terminate_backends(yard.server.url, "jobyard-reader")
        await terminate_backends(yard.server.url, "jobyard-listener")

        await yard.until_finished(0.3)
        yard.signal("w2", signal.SIGSTOP)
        await yard.until("SELECT count(*) > 0 FROM workers WHERE name = 'w2' AND ended_at IS NOT NULL")
        yard.signal("w2", signal.SIGCONT)

        await yard.until_finished(0.45)
        await asyncio.to_thread(yard.crash_postgres)

        await yard.until_finished(0.6)
        yard.signal("w3", signal.SIGTERM)
        assert await yard.wait("w3") == 0
        yard.start("w3")

        await yard.until_finished(0.7)
        proxy.flowing.clear()  # every connection of every worker hangs until all leases are over
        await yard.until(
            "SELECT count(*) = 0 FROM workers WHERE ended_at IS NULL AND beat_at > now() - interval '2 seconds'"
        )
        proxy.flowing.set()

        await yard.until_finished(0.85)
        proxy.cut()
        yard.signal("w4", signal.SIGKILL)

        await yard.until_finished(1)
    await yard.check_records()


async def test_what_was_answered_survives_crashes_of_postgresql(yard: FaultYard) -> None:
    """R1: jobs are submitted while PostgreSQL crashes again and again; whoever had an answer has a job."""
    answered: list[UUID] = []
    stop = asyncio.Event()

    async def submit() -> None:
        while not stop.is_set():
            job = NewJob(UUID(int=uuid7().int), yard.viewer.key, "demo.sleep", {"seconds": 0})
            with contextlib.suppress(Unavailable):
                await yard.store.submit([job])
                answered.append(job.id)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(submit())
        for crash in range(3):
            enough = 300 * (crash + 1)
            async with asyncio.timeout(120):
                while len(answered) < enough:  # noqa: ASYNC110 - a count
                    await asyncio.sleep(0.01)
            await asyncio.to_thread(yard.crash_postgres)
        stop.set()
    async with yard.pool.acquire() as connection:
        rows = await connection.fetch("SELECT id FROM live_jobs")
    assert set(answered) <= {row["id"] for row in rows}


async def test_workers_wait_for_a_database_that_is_not_there_yet(yard: FaultYard) -> None:
    """R6: a worker that starts first finds the database when it comes, and does not spin meanwhile."""
    url = yard.server.url
    await yard.submit(5)
    yard.server.stop()
    yard.worker_url = url
    yard.start("early")
    async with asyncio.timeout(60):
        while "the database is away" not in yard.log_of("early"):  # noqa: ASYNC110 - a log file
            await asyncio.sleep(0.05)
    yard.server.start()
    await yard.until_finished(1)
    await yard.check_records()
    assert len(yard.log_of("early").splitlines()) < 200


async def test_a_leader_that_freezes_delays_no_rescue(yard: FaultYard) -> None:
    """R4: the worker that rescues for all freezes together with one that holds jobs; a third takes both over."""
    yard.start("leader")
    await yard.until("SELECT count(*) = 1 FROM leaders")
    yard.start("holder")
    await yard.until("SELECT count(*) = 2 FROM workers")
    await yard.submit(40, seconds=2)
    await yard.until("SELECT count(DISTINCT worker_id) = 2 FROM live_jobs WHERE worker_id IS NOT NULL")
    yard.signal("leader", signal.SIGSTOP)
    yard.signal("holder", signal.SIGSTOP)
    yard.start("third")
    await yard.until_finished(1)
    await yard.check_records()
    for name in ("leader", "holder"):
        yard.signal(name, signal.SIGCONT)
