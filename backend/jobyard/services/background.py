"""What is done after the answer, so that the answer does not tell by its time whether there was something to do."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from jobyard.domain.errors import Unavailable

log = structlog.get_logger(__name__)

MOST = 200
SECONDS = 120.0
LEAVE_SECONDS = 5.0


class Background:
    """Some tasks at a time, none for ever. Use it within `running`; a process that is killed forgets them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin, and return at once. Raises Unavailable where too much is under way, whatever it is."""
        if len(self._tasks) >= MOST:
            raise Unavailable("Too much is being done at this moment; try again shortly.", 5.0)
        task = asyncio.create_task(self._run(name, work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """At the end of the block, what is under way gets some seconds to end."""
        try:
            yield
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=LEAVE_SECONDS)
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    @staticmethod
    async def _run(name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await work()
        except Exception:
            log.exception("what was to be done after an answer went wrong", task=name)
