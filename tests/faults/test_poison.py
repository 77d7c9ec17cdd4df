"""R4: a job that kills whatever process runs it, with processes that die, and somebody who starts them anew."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jobyard.domain.job import Outcome
from tests.faults.yard import FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEASE = {"JOBYARD_LEASE_SECONDS": "5"}
NEIGHBOURS = 6

# Of all runs: when, and by which worker.
BESIDE = """
WITH runs AS (
  SELECT f.id, (e ->> 'worker')::int AS worker, (e ->> 'started_at')::timestamptz AS began,
         (e ->> 'finished_at')::timestamptz AS ended
  FROM finished_jobs f, jsonb_array_elements(f.attempts) e
  UNION ALL SELECT id, worker_id, started_at, finished_at FROM finished_jobs)
SELECT count(DISTINCT r.id) FROM runs r JOIN finished_jobs p ON p.id = $1
WHERE r.id <> p.id AND r.worker = p.worker_id AND r.ended > p.started_at
"""


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


async def test_a_job_that_kills_its_workers_is_poison_and_its_neighbours_complete(yard: FaultYard) -> None:
    orders: list[tuple[str, Any]] = [("rogue.loop", {"do": "sleep", "seconds": 2})] * NEIGHBOURS
    orders.insert(NEIGHBOURS // 2, ("rogue.loop", {"do": "die"}))
    killer = (await yard.submit_all(orders))[NEIGHBOURS // 2]
    async with asyncio.timeout(240):
        while await yard.value("SELECT count(*) FROM finished_jobs") <= NEIGHBOURS:
            for name in ("one", "two"):
                if name not in yard.workers or yard.workers[name].poll() is not None:
                    yard.start(name, "rogue", **LEASE)
            await asyncio.sleep(0.05)
    async with yard.pool.acquire() as connection:
        poison = await connection.fetchrow("SELECT * FROM finished_jobs WHERE id = $1", killer)
        rows = await connection.fetch("SELECT state, crashes FROM finished_jobs WHERE id <> $1", killer)
    assert poison is not None
    assert (poison["state"], poison["run"], poison["crashes"], poison["attempt"]) == (6, 3, 3, 0)
    attempts = await yard.store.attempts(yard.viewer, killer)
    assert attempts is not None
    assert [attempt.outcome for attempt in attempts] == [Outcome.LOST] * 3
    assert attempts[-1].error is not None
    assert attempts[-1].error.type == "poison"
    assert {row["state"] for row in rows} == {5}
    assert max(row["crashes"] for row in rows) <= 2, "nobody was beside it at its third run"
    assert await yard.value(BESIDE, killer) == 0
