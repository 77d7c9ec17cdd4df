"""Which kinds have a live worker."""

from collections.abc import Callable

from jobyard.ports import JobStore


class ServedKinds:
    """Which kinds have a live worker. A good answer is remembered for a second: a submit must not cost a query more."""

    REMEMBER_SECONDS = 1.0

    def __init__(self, store: JobStore, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._monotonic = monotonic
        self._read_at = float("-inf")
        self._served: frozenset[str] = frozenset()

    async def has(self, kind: str) -> bool:
        """Whether a live worker serves this kind."""
        if kind not in self._served or self._monotonic() - self._read_at > self.REMEMBER_SECONDS:
            self._served = frozenset(await self._store.kinds_alive())
            self._read_at = self._monotonic()
        return kind in self._served
