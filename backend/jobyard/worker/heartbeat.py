"""Renews the lease from a thread of its own: a handler that blocks the event loop loses nothing by it."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import structlog

from jobyard.domain.errors import Unavailable
from jobyard.ports import Beat, JobNote, WorkQueue
from jobyard.worker.wait import either, repeat

log = structlog.get_logger()

OpenQueue = Callable[[], AbstractAsyncContextManager[WorkQueue]]
"""Opens a WorkQueue for the event loop that it is called in."""

JOIN_SECONDS = 5.0
MOST_NOTES = 100
LONGEST_PAUSE_SECONDS = 1.0
"""While the database is away: when it is back, whoever lives must say so before the rescue takes it for dead."""


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
        self._notes: deque[JobNote] = deque(maxlen=MOST_NOTES)
        self._told: asyncio.Event | None = None
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._main, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._call(lambda stop, told: (stop.set(), told.set()))
        self._thread.join(JOIN_SECONDS)

    def tell(self, note: JobNote) -> None:
        """Write into a timeline, from here: of a handler that blocks its loop for ever nothing else would be told."""
        self._notes.append(note)
        self._call(lambda _, told: told.set())

    @property
    def is_alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _call(self, what: Callable[[asyncio.Event, asyncio.Event], object]) -> None:
        if self._loop is None or self._stop is None or self._told is None:
            return
        try:
            self._loop.call_soon_threadsafe(what, self._stop, self._told)
        except RuntimeError:  # its loop has ended by itself
            log.warning("the heartbeat had ended already")

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception:
            log.exception("the heartbeat ended: this process will lose its jobs")

    async def _run(self) -> None:
        stop = asyncio.Event()
        self._told, self._stop, self._loop = asyncio.Event(), stop, asyncio.get_running_loop()
        async with self._open_queue() as queue, asyncio.TaskGroup() as group:
            pause = min(self._every_seconds, LONGEST_PAUSE_SECONDS)
            group.create_task(repeat("heartbeat", lambda: self._beat(queue), stop, pause))
            group.create_task(repeat("notes of a blocked loop", lambda: self._write(queue), stop))

    async def _beat(self, queue: WorkQueue) -> float:
        worker = self._worker()
        if worker:
            self._heard(worker, await queue.beat(worker, self._running()))
        return self._every_seconds

    async def _write(self, queue: WorkQueue) -> float:
        if self._told is None:
            raise RuntimeError("the heartbeat does not run")
        worker = self._worker()
        if not self._notes or not worker:
            await either(self._told, self._every_seconds)
            self._told.clear()
            return 0
        notes = [self._notes.popleft() for _ in range(len(self._notes))]
        try:
            await queue.note(worker, notes)
        except Unavailable:
            self._notes.extendleft(reversed(notes))
            raise
        return 0
