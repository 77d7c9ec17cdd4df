"""What one worker does for all: promotion, rescue, statistics, days of history. A lease in the database says who it is.

All of it is safe side by side: leadership only saves work. So a leader that froze and wakes up does no harm.
"""

import asyncio
import random

import structlog

from jobyard.observability import JOBS_RESCUED
from jobyard.ports import Retention, Upkeep
from jobyard.worker.held import Held
from jobyard.worker.options import WorkerOptions
from jobyard.worker.wait import either

log = structlog.get_logger()

LEAD_SECONDS = 5.0
"""The lease of leadership: well under that of a worker, so that a leader that dies with its jobs delays no rescue."""

LEAD_EVERY_SECONDS = 1.0
PROMOTE_BATCH = 1_000
SOONEST_SECONDS = 0.005
LOCKED_SECONDS = 0.1
"""A due job that was not promoted is locked by somebody: until he may have ended."""

EVERYTHING_EVERY_SECONDS = 60.0
ROLL_UP_EVERY_SECONDS = 5.0
ROLL_UP_BATCH = 50_000
DAYS_EVERY_SECONDS = 3600.0


class Leadership:
    """Whether this worker is the one."""

    def __init__(self, upkeep: Upkeep, held: Held, lease_seconds: float = 20.0) -> None:
        self._upkeep = upkeep
        self._held = held
        self._until = 0.0
        # A worker that beat just before the database went away for less comes back in time; one that did not may not.
        self._away_seconds = max(lease_seconds / 2, 2 * LEAD_EVERY_SECONDS)

    @property
    def holds(self) -> bool:
        """Whether it is, as far as it can know: a leader that was frozen knows that its time is over."""
        return asyncio.get_running_loop().time() < self._until

    async def step(self) -> float:
        """Become, or stay, the leader."""
        asked_at = asyncio.get_running_loop().time()
        worker = self._held.worker
        if worker and await self._upkeep.lead(worker, LEAD_SECONDS, away_seconds=self._away_seconds):
            self._until = asked_at + LEAD_SECONDS
        return LEAD_EVERY_SECONDS


class Promoter:
    """A due scheduled or retrying job becomes pending."""

    def __init__(self, upkeep: Upkeep, leadership: Leadership, held: Held, options: WorkerOptions) -> None:
        self._upkeep = upkeep
        self._leadership = leadership
        self._held = held
        self._options = options
        self._soonest = SOONEST_SECONDS

    async def step(self) -> float:
        """Promote what is due; wait for what is due next, and not longer than a poll.

        A job of this process that is due in a moment is promoted here, whoever leads: the leader would look too late.
        """
        longest = self._options.poll_seconds
        soon = self._held.due.is_set()
        self._held.due.clear()
        if not self._leadership.holds and not soon:
            await either(self._held.due, longest)
            return 0
        promoted = await self._upkeep.promote(PROMOTE_BATCH)
        if promoted == PROMOTE_BATCH:
            self._held.due.set()
            return 0
        due = await self._upkeep.next_due_seconds()
        is_locked = not promoted and due is not None and due <= 0
        self._soonest = min(self._soonest * 2, LOCKED_SECONDS) if is_locked else SOONEST_SECONDS
        if due is not None and due < longest and not await either(self._held.due, max(due, self._soonest)):
            self._held.due.set()
            return 0
        await either(self._held.due, longest)
        return 0


class Rescuer:
    """Takes back the jobs of workers that missed their lease."""

    def __init__(self, upkeep: Upkeep, leadership: Leadership, options: WorkerOptions) -> None:
        self._upkeep = upkeep
        self._leadership = leadership
        self._options = options
        self._until_everything = 0.0

    async def step(self) -> float:
        """One sweep. Each minute, and when it begins to lead, it reads all live jobs: a sweep can't know all."""
        pause = self._options.sweep_seconds * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing
        if not self._leadership.holds:
            self._until_everything = 0.0
            return min(pause, LEAD_EVERY_SECONDS)
        everything = self._until_everything <= 0
        rescued = await self._upkeep.rescue(self._options.lease_seconds, everything=everything)
        for kind in rescued:
            JOBS_RESCUED.labels(kind).inc()
        if rescued:
            log.warning("jobs of lost workers were taken back", jobs=len(rescued), kinds=sorted(set(rescued)))
        self._until_everything = (EVERYTHING_EVERY_SECONDS if everything else self._until_everything) - pause
        return pause


class Roller:
    """Counts what has finished into the statistics."""

    def __init__(self, upkeep: Upkeep, leadership: Leadership) -> None:
        self._upkeep = upkeep
        self._leadership = leadership

    async def step(self) -> float:
        """Count what is new, a part at a time: after an old transaction has ended it may be much."""
        if self._leadership.holds and (await self._upkeep.roll_up(ROLL_UP_BATCH)).more:
            return 0
        return ROLL_UP_EVERY_SECONDS


class Pruner:
    """Makes the days of history that come, and drops those whose retention is over."""

    def __init__(self, upkeep: Upkeep, leadership: Leadership, retention: Retention) -> None:
        self._upkeep = upkeep
        self._leadership = leadership
        self._retention = retention

    async def step(self) -> float:
        """Days to come are made by everybody at its start: a missing one would fail every job that ends in it."""
        await self._upkeep.make_partitions()
        if self._leadership.holds:
            dropped = await self._upkeep.drop_partitions(self._retention)
            if dropped:
                log.info("days of history were dropped: their retention is over", partitions=dropped)
        return DAYS_EVERY_SECONDS
