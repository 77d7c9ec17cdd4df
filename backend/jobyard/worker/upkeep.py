"""What some worker does for all: promotion, rescue, partitions. Any process may do any of it, side by side."""

import random

import structlog

from jobyard.observability import JOBS_RESCUED
from jobyard.ports import Upkeep
from jobyard.worker.held import Held
from jobyard.worker.options import WorkerOptions
from jobyard.worker.wait import either

log = structlog.get_logger()

PROMOTE_BATCH = 1_000
SOONEST_SECONDS = 0.005
EVERYTHING_EVERY_SECONDS = 60.0
PARTITIONS_EVERY_SECONDS = 3600.0


class Promoter:
    """A due scheduled or retrying job becomes pending."""

    def __init__(self, upkeep: Upkeep, held: Held, options: WorkerOptions) -> None:
        self._upkeep = upkeep
        self._held = held
        self._options = options

    async def step(self) -> float:
        """Promote what is due; wait for what is due next, and not longer than a poll."""
        self._held.due.clear()
        if await self._upkeep.promote(PROMOTE_BATCH) == PROMOTE_BATCH:
            return 0
        due = await self._upkeep.next_due_seconds()
        pause = (
            self._options.poll_seconds if due is None else min(max(due, SOONEST_SECONDS), self._options.poll_seconds)
        )
        await either(self._held.due, pause)
        return 0


class Rescuer:
    """Takes back the jobs of workers that missed their lease."""

    def __init__(self, upkeep: Upkeep, options: WorkerOptions) -> None:
        self._upkeep = upkeep
        self._options = options
        self._until_everything = 0.0

    async def step(self) -> float:
        """One sweep. Every minute, and at the start, it also reads all live jobs for what sweeps cannot know of."""
        everything = self._until_everything <= 0
        rescued = await self._upkeep.rescue(self._options.lease_seconds, everything=everything)
        for kind in rescued:
            JOBS_RESCUED.labels(kind).inc()
        if rescued:
            log.warning("jobs of lost workers were taken back", jobs=len(rescued), kinds=sorted(set(rescued)))
        pause = self._options.sweep_seconds * random.uniform(0.9, 1.1)  # noqa: S311 - keeps nodes apart, guards nothing
        self._until_everything = (EVERYTHING_EVERY_SECONDS if everything else self._until_everything) - pause
        return pause


class Pruner:
    """Keeps day partitions of history a week ahead."""

    def __init__(self, upkeep: Upkeep) -> None:
        self._upkeep = upkeep

    async def step(self) -> float:
        """Make what is missing."""
        await self._upkeep.make_partitions()
        return PARTITIONS_EVERY_SECONDS
