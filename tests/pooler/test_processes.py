"""Real worker processes whose every connection goes through PgBouncer."""

import asyncio
import signal
from pathlib import Path

import pytest

from jobyard.postgres.connections import ENGINE_SETTINGS, Pool
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.pooler import Pooler
from tests.engine.conftest import RecordedNudges
from tests.faults.yard import fault_yard
from tests.pooler.pgbouncer import PgBouncer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_two_thousand_jobs_on_two_workers_one_of_which_is_killed_and_then_pgbouncer_is(
    tmp_path: Path, mode: Pooler
) -> None:
    """None lost, none finished twice, no two runs of one job at a time."""
    async with fault_yard(tmp_path) as yard:
        with PgBouncer(yard.server.url, mode) as pgbouncer:
            yard.worker_url = pgbouncer.url
            through = {"JOBYARD_DATABASE_POOLER": str(mode)}
            for name in ("killed", "steady"):
                yard.start(name, **through)
            await yard.until("SELECT count(*) = 2 FROM workers")
            async with Pool(pgbouncer.url, ENGINE_SETTINGS, 2, mode) as pool:
                yard.store = PostgresJobStore(pool, pool, RecordedNudges())
                await yard.submit(2_000, seconds=0.02)
            await yard.until("SELECT count(DISTINCT worker_id) = 2 FROM finished_jobs")
            yard.signal("killed", signal.SIGKILL)
            yard.start("another", **through)

            await yard.until_finished(0.6)
            await asyncio.to_thread(pgbouncer.kill)
            await asyncio.to_thread(pgbouncer.start)
            await yard.until_finished(1)
            await yard.check_records()
            await yard.until("SELECT count(*) = 3 FROM workers")  # the last one may still be starting
            for name in ("steady", "another"):
                yard.signal(name, signal.SIGTERM)
                assert await yard.wait(name) == 0
    assert await asyncio.to_thread(yard.log_of, "steady")
