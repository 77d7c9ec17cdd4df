"""What the leader tells of all jobs in its metrics: how many there are, and for how long the first in line has waited.

The leader alone, since each would tell the same: a sum over processes, or over machines, would be a multiple of it.
"""

import asyncio
import time
from collections.abc import Callable
from itertools import product

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobState, Priority
from jobyard.observability import JOBS, OLDEST_PENDING_SECONDS, LeadersGauge
from jobyard.ports import LiveCount, LiveCounts
from jobyard.worker.upkeep import LEAD_EVERY_SECONDS, Leadership
from jobyard.worker.wait import repeat

EVERY_SECONDS = 15.0
SHARE = 100
"""A count that took long is made less often: it never takes more than this part of the time."""

OWN = "own"
UNFINISHED = (JobState.SCHEDULED, JobState.PENDING, JobState.RUNNING, JobState.RETRYING)


class Counts:
    """Counts while this worker leads; says nothing when it does not, and when it cannot know."""

    def __init__(
        self, counts: LiveCounts, leadership: Leadership, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._counts = counts
        self._monotonic = monotonic
        self._leadership = leadership
        self._jobs = LeadersGauge(JOBS)
        self._oldest = LeadersGauge(OLDEST_PENDING_SECONDS)
        self._next_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Then another leads, while this process may still run its jobs to their end."""
        try:
            await repeat("counts", self.step, stop)
        finally:
            self._say_nothing()

    async def step(self) -> float:
        """Look who leads each second, and count when it is time."""
        if not self._leadership.holds:
            self._say_nothing()
            self._next_at = 0.0
        elif self._monotonic() >= self._next_at:
            began = self._monotonic()
            try:
                counted = await self._counts.count()
            except Unavailable:
                self._say_nothing()
                raise
            finally:
                self._next_at = (now := self._monotonic()) + max(EVERY_SECONDS, SHARE * (now - began))
            if self._leadership.holds:
                self._tell(counted)
        return LEAD_EVERY_SECONDS

    def _tell(self, counted: LiveCount) -> None:
        self._jobs.tell({
            (state.value, queue or OWN, priority.value): counted.jobs.get((queue, state, priority), 0)
            for queue, state, priority in product(counted.queues, UNFINISHED, Priority)
        })  # fmt: skip
        self._oldest.tell({(queue or OWN,): counted.oldest_seconds.get(queue, 0.0) for queue in counted.queues})

    def _say_nothing(self) -> None:
        self._jobs.tell({})
        self._oldest.tell({})
