"""The tasks that run handlers, one a slot. One whose handler does not stop is left behind, and another takes its place.

A task can't be ended against its will: a handler that swallows its cancellation goes on. It holds memory, but neither a
slot, nor its job, nor the end of the process.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

AGAIN_SECONDS = 0.5
"""At the end a task that swallowed its cancellation is cancelled again after so long."""


class Slots:
    """So many tasks of `slot`. Use it within an event loop; `end` it whatever happens."""

    def __init__(self, slot: Callable[[], Coroutine[Any, Any, None]], number: int) -> None:
        self._slot = slot
        self._number = number
        self._tasks: set[asyncio.Task[None]] = set()
        self._left: set[asyncio.Task[None]] = set()
        self._ending = False
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self) -> None:
        """Begin with all of them."""
        for _ in range(self._number):
            self._add()

    async def watch(self, ending: asyncio.Event) -> None:
        """Until `ending`; raises what ended a slot."""
        waiting = asyncio.ensure_future(ending.wait())
        try:
            await asyncio.wait([waiting, self._broken], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._broken.done():
            self._broken.result()

    def leave_behind(self, task: "asyncio.Task[None]") -> None:
        """Its handler does not stop: go on without it. It ends when its handler does."""
        if task in self._tasks and task not in self._left:
            self._left.add(task)
            self._add()

    @property
    def left_behind(self) -> int:
        """How many tasks go on beside their successors."""
        return len(self._left)

    async def end(self, seconds: float) -> None:
        """Cancel all, again and again: what swallowed one may heed the next. What is there still is left alone then."""
        self._ending = True
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks and asyncio.get_running_loop().time() < deadline:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=AGAIN_SECONDS)
        if self._tasks:
            log.error("handlers do not stop: they end with the process", handlers=len(self._tasks))

    def _add(self) -> None:
        task = asyncio.create_task(self._slot(), name="slot")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Another takes its place, whoever cancelled it: a handler may cancel the task that it runs in."""
        has_successor = task in self._left
        self._tasks.discard(task)
        self._left.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._broken.done():
            self._broken.set_exception(error)
        elif not (has_successor or self._ending or self._broken.done()):
            self._add()
