"""At most so many at a time, for each key: what keeps one user, or one target, from taking a whole process (S10)."""

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Line:
    free: asyncio.Semaphore
    interested: int = 0


class Places:
    """`each` places for every key, first come, first served. A key that nobody holds or waits for takes no memory."""

    def __init__(self, each: int) -> None:
        self._each = each
        self._lines: dict[Hashable, _Line] = {}

    def __len__(self) -> int:
        """How many keys somebody holds or waits for."""
        return len(self._lines)

    @asynccontextmanager
    async def place(self, key: Hashable, patience_seconds: float | None) -> AsyncGenerator[None]:
        """Hold a place. Raises TimeoutError when none came free in time; None leaves the time to the caller's limit."""
        line = self._lines.setdefault(key, _Line(asyncio.Semaphore(self._each)))
        line.interested += 1
        try:
            async with asyncio.timeout(patience_seconds):
                await line.free.acquire()
            try:
                yield
            finally:
                line.free.release()
        finally:
            line.interested -= 1
            if not line.interested:
                del self._lines[key]
