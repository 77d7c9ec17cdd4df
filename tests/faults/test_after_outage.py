"""The database was away for longer than a lease: who lives keeps what it holds, and who died meanwhile does not."""

import asyncio
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.faults.yard import DEADLINE_SECONDS, FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LEASE_SECONDS = 6
SETTINGS = {"JOBYARD_LEASE_SECONDS": str(LEASE_SECONDS), "JOBYARD_LOG_JSON": "true"}
LIVING = ("one", "two")
PAUSE_SECONDS = 8
"""Of a loop that has met no database four times: longer than the lease, and than what came before together."""


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


@asynccontextmanager
async def stopped(yard: FaultYard, _: Proxy) -> AsyncGenerator[None]:
    """PostgreSQL is stopped for the block, and until every living worker has long pauses."""
    await asyncio.to_thread(yard.server.stop)
    yield
    async with asyncio.timeout(DEADLINE_SECONDS):
        for name in LIVING:
            while not pauses_long(yard, name):  # noqa: ASYNC110 - a log file
                await asyncio.sleep(0.05)
    await asyncio.to_thread(yard.server.start)


def pauses_long(yard: FaultYard, name: str) -> bool:
    lines = yard.lines_of(name, "the database is away")
    return any(line["loop"] == "leadership" and line["again_in_seconds"] >= PAUSE_SECONDS for line in lines)


@asynccontextmanager
async def stalled(yard: FaultYard, proxy: Proxy) -> AsyncGenerator[None]:
    """Nothing passes for the block, and until every lease is over; then all that was sent arrives at once."""
    proxy.flowing.clear()
    yield
    await yard.until(
        "SELECT bool_and(beat_at < clock_timestamp() - make_interval(secs => $1)) FROM workers", LEASE_SECONDS + 1
    )
    proxy.flowing.set()


@pytest.mark.parametrize("away", [stopped, stalled])
async def test_living_workers_keep_their_jobs_and_dead_ones_do_not(yard: FaultYard, away: type) -> None:
    async with Proxy(yard.server.url) as proxy:
        yard.worker_url = proxy.url
        for name in (*LIVING, "killed"):
            yard.start(name, **SETTINGS)
        await yard.until("SELECT count(*) = 3 FROM workers")
        await yard.submit(20, seconds=600)
        await yard.until(
            "SELECT count(*) = 20 AND count(DISTINCT worker_id) = 3 FROM live_jobs WHERE worker_id IS NOT NULL"
        )
        lost = await yard.value(
            "SELECT array_agg(j.id ORDER BY j.id) FROM live_jobs j JOIN workers w ON w.id = j.worker_id"
            " WHERE w.name = 'killed'"
        )
        async with away(yard, proxy):
            yard.signal("killed", signal.SIGKILL)
        await yard.until("SELECT ended_at IS NOT NULL FROM workers WHERE name = 'killed'")
        assert await yard.value("SELECT count(*) FROM workers WHERE ended_at IS NOT NULL") == 1
        assert await yard.value("SELECT array_agg(id ORDER BY id) FROM live_jobs WHERE crashes = 1") == lost
        assert await yard.value("SELECT max(crashes) FROM live_jobs") == 1
