"""A short memory of what was looked up: bounded, for so many seconds, and forgetful at once where it is told."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """What `look_up` finds is remembered; that there is nothing is not."""

    def __init__(
        self, look_up: Callable[[K], Awaitable[V | None]], seconds: float, most: int, monotonic: Callable[[], float]
    ) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._most = most
        self._monotonic = monotonic
        self._known: dict[K, tuple[V, float]] = {}
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._known)

    async def get(self, key: K) -> V | None:
        """What is known of `key`, at most so many seconds ago."""
        known = self._known.get(key)
        if known is not None and known[1] > self._monotonic():
            return known[0]
        self._known.pop(key, None)
        asked_at, forgotten = self._monotonic(), self._forgotten
        found = await self._look_up(key)
        # While it was looked up something was forgotten: this answer may be older than that, and is used this once.
        if found is not None and forgotten == self._forgotten:
            while len(self._known) >= self._most:
                del self._known[next(iter(self._known))]  # the one that was asked for longest ago
            self._known[key] = (found, asked_at + self._seconds)
        return found

    def forget(self, key: K) -> None:
        """This one is not known any more."""
        self._forgotten += 1
        self._known.pop(key, None)

    def forget_where(self, which: Callable[[V], bool]) -> None:
        """What fits is not known any more."""
        self._forgotten += 1
        for key in [key for key, (value, _) in self._known.items() if which(value)]:
            del self._known[key]
