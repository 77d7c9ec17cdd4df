"""A result that comes after the lease was lost: refused, and told in the timeline of its job."""
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from jobyard.domain.job import ClaimedJob, JobState
from jobyard.domain.outcome import Fail, Snooze
from jobyard.domain.timeline import TimelineEvent, TimelineType, timeline
from jobyard.handlers.registry import JobContext
from jobyard.ports import Completed
from jobyard.postgres.job_history import PostgresJobHistory
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker.supervisor import Worker
from tests.worker.conftest import Payload, Yard

NEVER = 3600.0


@dataclass
class Late:
    """A worker whose one job was taken from it and runs elsewhere, and whose handler goes on."""

    yard: Yard
    worker: Worker
    job_id: UUID
    number: int
    elsewhere: ClaimedJob
    go_on: asyncio.Event

    async def told(self) -> list[TimelineEvent]:
        """The job's timeline."""
        story = await PostgresJobHistory(self.yard.engine.pool).story(self.yard.engine.viewer, self.job_id)
        assert story is not None
        return timeline(story)

    async def refused(self) -> list[TimelineEvent]:
        """What the timeline has of late results."""
        return [event for event in await self.told() if event.type is TimelineType.LATE_RESULT_REFUSED]

    async def until_refused(self) -> None:
        """Wait until one is told."""
        async with asyncio.timeout(30):
            while not await self.refused():
                await self.yard.something_said()

    async def finish_elsewhere(self) -> None:
        """The run that counts completes."""
        assert await self.yard.engine.queue.complete(self.number, [Completed(self.elsewhere, b'"in time"')])


@dataclass
class Ends:
    """How a handler ends when it is let go, and whether it swallows being stopped."""

    how: BaseException | str = "late"
    swallows: bool = False
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, _: Payload, __: JobContext) -> str:
        while not self.go_on.is_set():
            try:
                await self.go_on.wait()
            except asyncio.CancelledError:
                if not self.swallows:
                    raise
        if isinstance(self.how, BaseException):
            raise self.how
        return self.how


@asynccontextmanager
async def late(yard: Yard, ends: Ends, **options: Any) -> AsyncGenerator[Late]:
    """Its first beat is its only one: it hears nothing of its loss. One slot, which its handler holds."""
    options = {"slots": 1, "beat_seconds": NEVER, "lease_seconds": NEVER, "progress_seconds": 0.01, **options}
    async with yard.working(ends.handle, **options) as worker:
        job_id = await yard.submit()
        await yard.entered.wait()
        await yard.engine.until("SELECT beat_at > started_at FROM workers")
        other = await yard.engine.queue.register("other", ["test.kind"], 1)
        await yard.engine.execute("UPDATE workers SET ended_at = now() WHERE id <> $1", other)
        async with asyncio.timeout(30):
            while not (await yard.engine.get(job_id)).crashes:  # the worker's own rescuer may have been quicker
                await yard.engine.upkeep.rescue(NEVER, everything=True)
        [elsewhere] = await yard.engine.claim(other, 1, ["test.kind"])
        yield Late(yard, worker, job_id, other, elsewhere, ends.go_on)


@pytest.mark.parametrize("how", ["late", Fail("too late"), ValueError("too late"), Snooze(60)], ids=repr)
async def test_a_late_result_is_refused_and_told(yard: Yard, how: BaseException | str) -> None:
    """Whatever the handler of the lost run comes back with, the run that holds the job now is not touched."""
    async with late(yard, Ends(how)) as story:
        story.go_on.set()
        await story.until_refused()
        job = await yard.engine.get(story.job_id)
        assert (job.state, job.worker, job.run, job.attempt) == (JobState.RUNNING, "other", 2, 1)
        await story.finish_elsewhere()
        told = await story.told()
    assert [(event.type, event.doer.name) for event in told] == [
        ("submitted", "mara@example.org"),
        ("claimed", "tested"),
        ("lost", None),
        ("claimed", "other"),
        ("late_result_refused", "tested"),
        ("completed", "other"),
    ]
    job = await yard.engine.get(story.job_id)
    assert (bytes(job.result), job.crashes, job.attempt) == (b'"in time"', 1, 1)


async def test_a_result_after_the_job_has_ended_elsewhere_is_told_too(yard: Yard) -> None:
    async with late(yard, Ends()) as story:
        await story.finish_elsewhere()
        story.go_on.set()
        await story.until_refused()
    assert bytes((await yard.engine.get(story.job_id)).result) == b'"in time"'


async def test_who_has_heard_that_it_was_lost_is_named_though_it_is_nobody_now(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler swallows the stop and ends while its worker has no number: the database does not give it one yet."""

    async def register(_: PostgresWorkQueue, *__: Any) -> int:
        await story.until_refused()
        return number

    async with late(yard, Ends(swallows=True)) as story:
        number = await yard.engine.queue.register("tested", ["test.kind"], 1)
        monkeypatch.setattr(PostgresWorkQueue, "register", register)
        story.worker._lost(story.worker._held.worker)
        story.go_on.set()
        await story.until_refused()
        assert [event.doer.name for event in await story.refused()] == ["tested"]
        assert (await yard.engine.get(story.job_id)).worker == "other"


async def test_one_that_is_refused_amid_a_stop_is_told(yard: Yard) -> None:
    """Its timeline is written before the process ends, whenever it would have been written next."""
    async with late(yard, Ends(), grace_seconds=30, progress_seconds=NEVER) as story:
        asyncio.get_running_loop().call_later(0.05, story.go_on.set)
    assert [event.doer.name for event in await story.refused()] == ["tested"]
