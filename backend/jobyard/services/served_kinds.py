"""Which kinds have a live worker."""

import asyncio
from collections.abc import Callable

from jobyard.ports import JobStore


class ServedKinds:
    """Which kinds have a live worker. The answer is remembered for a moment: a submit must not cost a query more.

    One caller at a time looks; the others wait for what it finds.
    """

    REMEMBER_SECONDS = 1.0
    REMEMBER_MISSING_SECONDS = 0.2
    """A worker that has just come is soon known: else its jobs' submitters are warned for nothing."""

    def __init__(self, store: JobStore, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._monotonic = monotonic
        self._read_at = float("-inf")
        self._served: frozenset[str] = frozenset()
        self._looking = asyncio.Lock()

    async def has(self, kind: str) -> bool:
        """Whether a live worker serves this kind."""
        if self._is_old(kind):
            async with self._looking:
                if self._is_old(kind):
                    began = self._monotonic()
                    self._served = frozenset(await self._store.kinds_alive())
                    self._read_at = began
        return kind in self._served

    def _is_old(self, kind: str) -> bool:
        good_for = self.REMEMBER_SECONDS if kind in self._served else self.REMEMBER_MISSING_SECONDS
        return self._monotonic() - self._read_at > good_for
