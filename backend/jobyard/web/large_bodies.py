"""Large bodies take turns: a valid batch of 16 MiB becomes 370 MB of objects until it is stored."""

import asyncio
from collections.abc import Callable

from jobyard.domain.errors import TooMany

LARGE_BYTES = 1024 * 1024
AT_A_TIME = 2
WAITING = 8
"""Their bodies are in memory while they wait: 16 MiB each."""

WAIT_SECONDS = 20.0


class LargeBodies:
    """Of one process. Whoever entered leaves when its call has been answered."""

    def __init__(self, at_a_time: int = AT_A_TIME, waiting: int = WAITING, wait_seconds: float = WAIT_SECONDS) -> None:
        self._turns = asyncio.Semaphore(at_a_time)
        self._at_a_time = at_a_time
        self._most_waiting = waiting
        self._waiting = 0
        self._wait_seconds = wait_seconds

    async def enter(self) -> Callable[[], None]:
        """Wait for a turn; what it returns ends it. Raises TooMany where too many wait, or for too long."""
        if self._waiting >= self._most_waiting and self._turns.locked():
            raise self._refusal()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise self._refusal() from error
        finally:
            self._waiting -= 1
        return self._turns.release

    def _refusal(self) -> TooMany:
        detail = f"Bodies over {LARGE_BYTES} bytes are read {self._at_a_time} at a time, and others wait already."
        return TooMany(detail, retry_after_seconds=5)
