"""Renews the lease from a thread of its own: a handler that blocks the event loop loses nothing by it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import structlog

from jobyard.ports import Beat, WorkQueue
from jobyard.worker.wait import repeat

log = structlog.get_logger()

OpenQueue = Callable[[], AbstractAsyncContextManager[WorkQueue]]
"""Opens a WorkQueue for the event loop that it is called in."""

JOIN_SECONDS = 5.0


class Heartbeat:
    """Beats until it is stopped. `worker` and `running` are read, `heard` is called, in the heartbeat's thread."""

    def __init__(
        self,
        open_queue: OpenQueue,
        every_seconds: float,
        worker: Callable[[], int],
        running: Callable[[], list[tuple[UUID, int]]],
        heard: Callable[[int, Beat], None],
    ) -> None:
        self._open_queue = open_queue
        self._every_seconds = every_seconds
        self._worker = worker
        self._running = running
        self._heard = heard
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._main, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        if self._loop is not None and self._stop is not None:
            try:
                self._loop.call_soon_threadsafe(self._stop.set)
            except RuntimeError:  # its loop has ended by itself
                log.warning("the heartbeat had ended already")
        self._thread.join(JOIN_SECONDS)

    @property
    def is_alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _main(self) -> None:
        try:
            asyncio.run(self._beat_all())
        except Exception:
            log.exception("the heartbeat ended: this process will lose its jobs")

    async def _beat_all(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        async with self._open_queue() as queue:

            async def beat() -> float:
                worker = self._worker()
                if worker:
                    self._heard(worker, await queue.beat(worker, self._running()))
                return self._every_seconds

            await repeat("heartbeat", beat, self._stop)
