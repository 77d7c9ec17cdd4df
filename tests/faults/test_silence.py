"""A connection goes silent, as when a firewall forgets it: no error comes, and a new connection would work at once."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.faults.yard import FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEASE = {"JOBYARD_LEASE_SECONDS": "16"}


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


async def test_a_worker_whose_connections_fall_silent_keeps_its_lease(yard: FaultYard) -> None:
    """It asks on a new one in time; the other worker, which takes dead ones' jobs, finds nothing to take."""
    async with Proxy(yard.server.url) as proxy:
        yard.worker_url = proxy.url
        yard.start("silenced", **LEASE)
        await yard.submit(3, seconds=600)
        held = "SELECT count(*) = 3 FROM live_jobs j JOIN workers w ON w.id = j.worker_id WHERE w.name = 'silenced'"
        await yard.until(held)
        yard.worker_url = yard.server.url
        yard.start("other", **LEASE)
        await yard.until("SELECT count(*) = 2 AND bool_and(beat_at > started_at) FROM workers")
        silent_since: datetime = await yard.value("SELECT clock_timestamp()")
        proxy.silence()
        beaten = "SELECT beat_at > $1 OR ended_at IS NOT NULL FROM workers WHERE name = 'silenced'"
        await yard.until(beaten, silent_since)
        assert await yard.value("SELECT bool_and(ended_at IS NULL) FROM workers WHERE name = 'silenced'")
        assert await yard.value("SELECT bool_and(crashes = 0) FROM live_jobs")
        assert await yard.value(held)
