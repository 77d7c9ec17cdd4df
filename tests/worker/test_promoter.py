"""Promotion of a job that somebody holds locked: looked at now and then, and not in a hot loop."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg

from jobyard.domain.job import JobState
from jobyard.worker.held import Held
from jobyard.worker.options import WorkerOptions
from jobyard.worker.upkeep import LOCKED_SECONDS, Leadership, Promoter
from tests.engine.conftest import Engine

STEPS = 25


async def test_a_due_job_that_is_locked_is_looked_at_now_and_then(engine: Engine) -> None:
    job_id = await engine.submit(run_at=datetime.now(UTC) + timedelta(hours=1))
    await engine.execute("UPDATE live_jobs SET run_at = now() - interval '1 second'")
    held = Held()
    held.due.set()
    promoter = Promoter(engine.upkeep, Leadership(engine.upkeep, held), held, WorkerOptions("tested"))
    other = await asyncpg.connect(engine.url)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM live_jobs FOR UPDATE")
            began = asyncio.get_running_loop().time()
            for _ in range(STEPS):
                await promoter.step()
            took = asyncio.get_running_loop().time() - began
        assert took > (STEPS - 6) * LOCKED_SECONDS  # the first few are quicker: it may just have fallen due
    finally:
        await other.close()
    await promoter.step()
    assert await engine.state(job_id) is JobState.PENDING
