"""Lets go of jobs that waited for others: soon after jobs ended in this process, and by a look at all that is followed.

The leader looks at all; every process looks after its own, so that one job follows another without a poll between.
"""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from jobyard.ports import Followers
from jobyard.worker.upkeep import Leadership
from jobyard.worker.wait import either

LOOK_EVERY_SECONDS = 1.0
JOBS_A_LOOK = 5_000
MOST_OWNERS = 1_000
BUSY_SECONDS = 0.02
COSTS = 20.0
"""Looking takes at most one part in twenty of the time."""


class Following:
    """One loop a worker."""

    def __init__(self, followers: Followers, leadership: Leadership) -> None:
        self._followers = followers
        self._leadership = leadership
        self._owners: set[int] = set()
        self._ended = asyncio.Event()
        self._is_anybody = True
        self._unsettled: list[UUID] = []
        self._reached: UUID | None = None
        self._look_at = 0.0

    def ended(self, owners: Iterable[int]) -> None:
        """Jobs of these owners have ended in this process."""
        if self._is_anybody and len(self._owners) < MOST_OWNERS:
            self._owners.update(owners)
            self._ended.set()

    def wake(self) -> None:
        """At a stop: where a look took a second, it would wait for twenty."""
        self._ended.set()

    async def step(self) -> float:
        """Wait for jobs to end, or for a second; look whether somebody waited for them, and settle these."""
        now = asyncio.get_running_loop().time
        if not self._unsettled:
            await either(self._ended, self._look_at - now())
        began = now()
        owners, self._owners = list(self._owners), set[int]()
        self._ended.clear()
        if owners:
            self._unsettled += (await self._followers.look_of(owners, JOBS_A_LOOK)).ended
        if began >= self._look_at:
            self._unsettled += await self._look_at_all()
            cost = COSTS * (now() - began)
            self._look_at = began + (cost if self._reached else max(LOOK_EVERY_SECONDS, cost))
        if self._unsettled:
            if not await self._followers.settle(self._unsettled):
                return BUSY_SECONDS
            self._unsettled = []
        return COSTS * (now() - began) if owners else 0.0

    async def _look_at_all(self) -> list[UUID]:
        self._is_anybody = await self._followers.is_anybody()
        if not self._is_anybody or not self._leadership.holds:
            self._reached = None
            return []
        looked = await self._followers.look(self._reached, JOBS_A_LOOK)
        self._reached = looked.reached if looked.number == JOBS_A_LOOK else None
        return looked.ended
