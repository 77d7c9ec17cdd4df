"""What the leader tells of all jobs in its metrics: it alone, and nothing that is not so any more."""

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest
from prometheus_client import REGISTRY, CollectorRegistry

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobState, Priority
from jobyard.metrics_server import Heard
from jobyard.ports import LiveCount
from jobyard.postgres.live_counts import PostgresLiveCounts
from jobyard.worker.counts import Counts
from jobyard.worker.held import Held
from jobyard.worker.upkeep import Leadership
from tests.engine.conftest import Engine

Labels = tuple[str, str, str]
WAITS = ("pending", "default", "medium")


def told() -> Mapping[Labels, float]:
    """`jobyard_jobs`, as it is served."""
    registry = CollectorRegistry()
    registry.register(Heard(REGISTRY))
    return {
        (sample.labels["state"], sample.labels["queue"], sample.labels["priority"]): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "jobyard_jobs"
    }


def oldest(queue: str = "default") -> float | None:
    registry = CollectorRegistry()
    registry.register(Heard(REGISTRY))
    return registry.get_sample_value("jobyard_oldest_pending_seconds", {"queue": queue})


async def leading(engine: Engine, worker: int) -> Leadership:
    held = Held()
    held.worker = worker
    leadership = Leadership(engine.upkeep, held)
    await leadership.step()
    return leadership


async def test_the_leader_alone_tells(engine: Engine) -> None:
    await engine.submit()
    workers = [await engine.queue.register(name, ["demo.echo"], 1) for name in ("first", "second")]
    one, other = [Counts(PostgresLiveCounts(engine.pool), await leading(engine, worker)) for worker in workers]
    await other.step()
    assert told() == {}
    await one.step()
    assert told()[WAITS] == 1
    assert len(told()) == 12  # four states, three priorities: what is not there is 0, and not missing
    age = oldest()
    assert age is not None
    assert 0 <= age < 3600
    await one.run(_set())
    assert (told(), oldest()) == ({}, None)


class Scripted:
    """Counts as it is told."""

    def __init__(self, *counts: LiveCount | Unavailable) -> None:
        self.counts = list(counts)

    async def count(self) -> LiveCount:
        found = self.counts.pop(0)
        if isinstance(found, Unavailable):
            raise found
        return found


def counted(jobs: int, *queues: str | None) -> LiveCount:
    return LiveCount(
        frozenset(queues),
        {(queue, JobState.PENDING, Priority.MEDIUM): jobs for queue in queues},
        dict.fromkeys(queues, 7.0),
    )


class Leads:
    holds = True


async def test_it_counts_each_quarter_of_a_minute_and_a_queue_that_is_gone_is_silent() -> None:
    clock, leads = [1_000.0], Leads()
    scripted = Scripted(counted(1, "default", "mail", None), counted(2, "default"))
    counts = Counts(scripted, cast("Leadership", leads), lambda: clock[0])
    await counts.step()
    assert {queue for _, queue, _ in told()} == {"default", "mail", "own"}
    assert oldest("own") == 7
    clock[0] += 14.9
    await counts.step()
    assert told()[WAITS] == 1
    clock[0] += 0.2
    await counts.step()
    assert told()[WAITS] == 2
    assert {queue for _, queue, _ in told()} == {"default"}
    leads.holds = False
    await counts.step()
    assert (told(), oldest()) == ({}, None)


async def test_what_takes_long_is_done_seldom_and_what_fails_is_not_told() -> None:
    clock = [1_000.0]

    class Slow(Scripted):
        async def count(self) -> LiveCount:
            clock[0] += 2.0
            return await super().count()

    slow = Slow(counted(1, "default"), Unavailable("away"), counted(3, "default"))
    counts = Counts(slow, cast("Leadership", Leads()), lambda: clock[0])
    await counts.step()
    clock[0] += 199
    await counts.step()
    assert told()[WAITS] == 1
    clock[0] += 1
    with pytest.raises(Unavailable):
        await counts.step()
    assert told() == {}
    await counts.step()  # not at once again
    clock[0] += 200
    await counts.step()
    assert told()[WAITS] == 3
    await counts.run(_set())
    assert told() == {}


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
