"""What the leader does bit by bit, beside its upkeep: changes of many jobs, and whatever else outlives the call."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from jobyard.worker.upkeep import LEAD_EVERY_SECONDS, Leadership

Chore: TypeAlias = Callable[[], Awaitable[bool]]
"""Does a bounded part, safe side by side. Whether there was anything to do."""


class ChoreRunner:
    """Does one chore while this worker leads. Any worker could: leadership only saves work."""

    def __init__(self, chore: Chore, leadership: Leadership) -> None:
        self._chore = chore
        self._leadership = leadership

    async def step(self) -> float:
        """One part; again at once where there was something to do."""
        if self._leadership.holds and await self._chore():
            return 0
        return LEAD_EVERY_SECONDS
