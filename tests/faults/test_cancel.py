"""A cancel of a running job, from one process to another: by the database's clock, whatever the handler does."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.api import api, viewer_of
from tests.faults.yard import FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CANCELLED_SECONDS = 2
"""Promised where notifications are heard."""

BEAT_SECONDS = 5
"""Of the default lease of 20 s: what is added where they are not."""

BUSY_SECONDS = 3
"""What a busy machine may add."""

HANDLERS: list[tuple[str, Any]] = [
    ("rogue.loop", {"do": "sleep", "seconds": 600}),
    ("rogue.loop", {"do": "swallow"}),
    ("rogue.thread", {"do": "sleep", "seconds": 600}),
    ("rogue.thread", {"do": "in C"}),
    ("rogue.thread", {"do": "swallow"}),
    ("rogue.process", {"do": "in C"}),
    ("rogue.process", {"do": "swallow"}),
]

TOOK = """
SELECT extract(epoch FROM f.finished_at - e.at)::float8
FROM finished_jobs f JOIN job_events e ON e.job_id = f.id AND e.type = 'cancel_requested' WHERE f.id = $1
"""


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        # A lease so long that no heartbeat tells of it in time.
        pytest.param({"JOBYARD_LEASE_SECONDS": "60"}, CANCELLED_SECONDS, id="heard"),
        # Behind a pooler in transaction mode nobody listens: as with a connection that is down.
        pytest.param(
            {"JOBYARD_LEASE_SECONDS": "20", "JOBYARD_DATABASE_POOLER": "transaction"},
            CANCELLED_SECONDS + BEAT_SECONDS,
            id="unheard",
        ),
    ],
)
async def test_a_cancel_of_one_process_ends_a_job_in_another(
    yard: FaultYard, settings: dict[str, str], seconds: float
) -> None:
    async with api(yard) as client:
        yard.start("worker", "rogue", **settings)
        viewer = await viewer_of(yard, client)
        ids = await yard.submit_all(HANDLERS, viewer=viewer)
        await yard.until("SELECT count(*) = $1 FROM live_jobs WHERE progress IS NOT NULL", len(ids))
        for job_id in ids:
            asked = (await client.post(f"/jobs/{job_id}/cancel")).raise_for_status().json()
            assert asked["cancel_requested"] or asked["state"] == "cancelled"
        await yard.until_finished(1)
        assert await yard.value("SELECT bool_and(state = 7 AND run = 1 AND crashes = 0) FROM finished_jobs")
        for job_id, (kind, order) in zip(ids, HANDLERS, strict=True):
            assert 0 < await yard.value(TOOK, job_id) <= seconds + BUSY_SECONDS, (kind, order)
        # The worker goes on, has its processes anew, and does not stay for those who swallowed their stop.
        kinds = ("rogue.loop", "rogue.thread", "rogue.process", "rogue.process")
        after = await yard.submit_all([(kind, {"do": "sleep"}) for kind in kinds])
        await yard.until("SELECT count(*) = 4 FROM finished_jobs WHERE id = ANY ($1) AND state = 5", after)
        yard.signal("worker", signal.SIGTERM)
        assert await yard.wait("worker") == 0
