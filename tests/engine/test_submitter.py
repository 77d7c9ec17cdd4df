"""Submits that go together: whoever calls is answered, whenever the call comes."""
# pyright: reportPrivateUsage=false

import asyncio
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from jobyard.domain.job import NewJob
from jobyard.postgres.placed import Placed
from jobyard.postgres.submitter import FLUSHERS, Stored, Submitter


class Gated(Submitter):
    """Its flushes end all in the same turn of the loop."""

    def __init__(self) -> None:
        super().__init__(cast("Any", None), cast("Any", None))
        self.under_way = 0
        self.gate = asyncio.Event()

    async def _flush(self, calls: Any) -> None:
        self.under_way += 1
        await self.gate.wait()
        for call in calls:
            call.answer.set_result(Stored(datetime.now(UTC), set()))


async def test_who_submits_again_at_once_is_answered_though_all_flushers_have_just_ended() -> None:
    """Found by a worker whose handlers submit: four of them waited until somebody else's submit, a minute later."""
    submitter = Gated()
    job = Placed(NewJob(uuid4(), 1, "demo.echo", {}), 1)

    async def submit(times: int) -> None:
        for _ in range(times):
            await submitter.submit([job])

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for number in range(FLUSHERS):
            group.create_task(submit(1 if number else 2))
            while submitter.under_way <= number:  # noqa: ASYNC110 - one turn of the loop
                await asyncio.sleep(0)
        submitter.gate.set()
