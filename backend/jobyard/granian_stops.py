"""How Granian's processes hear that they should stop. Granian's own handlers (2.8) may lose a signal.

A child's are the event loop's, which hears nothing between two runs: between the start of the application and the first
request. And it cuts live sockets without a close frame before the application is told. So here they are plain handlers
of Python's, which lose none; what should come first is done; then the server is told, once.

The parent waits for an event that its handler sets: where the signal comes just as it begins to wait, the handler waits
for a lock that its own thread holds.
"""

import asyncio
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

import structlog
from granian import _signals
from granian._granian import WorkerSignal

from jobyard.death_signal import follow_parent
from jobyard.stop_limit import StopLimit

log = structlog.get_logger()

STOPS = (signal.SIGTERM, signal.SIGINT)
Before = Callable[[], Awaitable[None]]
BeforeStop = Callable[[Before], AbstractContextManager[None]]


class ChildStops:
    """Of one child: made before Granian has an event loop."""

    def __init__(self, limit: StopLimit) -> None:
        self._limit = limit
        self._tell_server: Callable[[], object] | None = None
        self._before: Before | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._asked = False

    def replace_granians(self) -> None:
        """Granian asks for its handlers later, by this name."""
        _signals.set_loop_signals = self._listen

    def _listen(self, _: asyncio.AbstractEventLoop) -> WorkerSignal:
        event = WorkerSignal()
        self._tell_server = event.set
        for number in STOPS:
            signal.signal(number, self._heard)
        return event

    def _heard(self, _: int, __: FrameType | None) -> None:
        """Between two instructions of the main thread, whatever it does."""
        if self._asked:
            return
        self._asked = True
        self._limit.asked()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin)
        elif self._tell_server is not None:
            self._tell_server()

    @contextmanager
    def first(self, before: Before) -> Generator[None]:
        """Within the block, where the event loop runs, a stop first waits for `before`."""
        if self._tell_server is None:
            raise RuntimeError("Granian did not ask for its signal handlers: this release of it does otherwise")
        self._loop, self._before = asyncio.get_running_loop(), before
        try:
            yield
        finally:
            self._loop = None

    def _begin(self) -> None:
        self._task = asyncio.ensure_future(self._stop())

    async def _stop(self) -> None:
        try:
            if self._before is not None:
                await self._before()
        except Exception:  # whatever it was: the server must be told to stop
            log.exception("what comes before a stop failed")
        finally:
            if self._tell_server is not None:
                self._tell_server()


def follow_granian() -> None:
    """A parent that is killed -9 leaves no children, also where it was killed before this."""
    follow_parent(signal.SIGTERM)
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os._exit(1)


def listen_in_parent(server: Any, limit: StopLimit) -> None:
    """Once Granian has installed its handlers, take them over: a thread tells it."""
    read, write = socket.socketpair()
    write.setblocking(False)

    def take_over() -> None:
        for number in STOPS:
            signal.signal(number, _nothing)
        signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=wait, name="stop-signals", daemon=True).start()

    def wait() -> None:
        while True:
            if read.recv(1)[0] in STOPS:
                limit.asked()
                server.signal_handler_interrupt()

    server.on_startup(take_over)


def _nothing(_: int, __: FrameType | None) -> None:
    """Not SIG_IGN: only a signal that is handled is told to the wakeup descriptor."""
