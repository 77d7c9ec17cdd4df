"""Several nodes need no setting: whoever leads may be lost, and another takes over within the promised time.

At the product's defaults, by the database's clock: an API without a worker, and two workers.
"""

import signal
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.faults.api import api
from tests.faults.yard import FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

RESCUED_SECONDS = 25
"""Lease and sweep: promised for the jobs of a dead worker."""

LED_SECONDS = 7
"""The lease of leadership, the second in which others ask for it, and a poll."""

BUSY_SECONDS = 3
"""What a busy machine may add."""

DEFAULTS = {"JOBYARD_LEASE_SECONDS": "20"}


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


async def submit(yard: FaultYard, client: httpx.AsyncClient, number: int, **options: Any) -> list[UUID]:
    body = {"kind": "demo.sleep", "payload": {"seconds": 3}, **options}
    answers = [(await client.post("/jobs", json=body)).raise_for_status().json() for _ in range(number)]
    ids = [UUID(answer["id"]) for answer in answers]
    yard.submitted += ids
    return ids


@pytest.mark.parametrize("strike", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_lost_leader_is_followed_by_another_and_its_jobs_run_again(
    yard: FaultYard, strike: signal.Signals
) -> None:
    async with api(yard, **DEFAULTS) as client:
        yard.start("leader", **DEFAULTS)
        await yard.until("SELECT count(*) = 1 FROM leaders")
        leader = await yard.value("SELECT holder FROM leaders")
        yard.start("other", **DEFAULTS)
        await yard.until("SELECT count(*) = 2 FROM workers")
        await submit(yard, client, 20)
        await yard.until("SELECT count(DISTINCT worker_id) = 2 FROM live_jobs WHERE worker_id IS NOT NULL")

        struck: datetime = await yard.value("SELECT clock_timestamp()")
        yard.signal("leader", strike)
        (later,) = await submit(yard, client, 1, run_at=(struck + timedelta(seconds=1)).isoformat())
        await yard.until("SELECT bool_and(holder <> $1) FROM leaders", leader)
        await yard.until_finished(1)
        yard.signal("leader", signal.SIGCONT)

        async def seconds(which: str, *arguments: Any) -> float:
            """From the strike to the last start of these."""
            last = f"SELECT extract(epoch FROM max(started_at) - $1)::float8 FROM finished_jobs WHERE {which}"  # noqa: S608
            return await yard.value(last, struck, *arguments)

        assert await yard.value("SELECT count(*) > 0 FROM finished_jobs WHERE crashes = 1")
        assert await seconds("crashes = 1") <= RESCUED_SECONDS + BUSY_SECONDS
        assert await seconds("id = $2", later) <= LED_SECONDS + BUSY_SECONDS
        await yard.check_records()
        listed = (await client.get("/jobs", params={"limit": 100})).json()["items"]
        assert {UUID(job["id"]) for job in listed} == set(yard.submitted)
        assert {(job["state"], job["attempt"]) for job in listed} == {("completed", 1)}
