"""Runs plain functions in threads, one a run, and ends them when they are no longer wanted.

A thread cannot be killed. It is told to stop by an exception that Python raises in it at its next line of Python. One
that stays in C code (a long query, a DNS look-up) does not hear it: after some patience it is left behind, its slot
goes on with other jobs, and what it returns is dropped. Too many left behind end the process: they hold memory.
"""

import asyncio
import ctypes
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import structlog

log = structlog.get_logger()

PATIENCE_SECONDS = 0.5
"""With the second that a handler is given to stop by itself, a cancel is recorded within two seconds."""


class JobStopped(BaseException):
    """Raised inside a handler's thread: its time is over, or its owner cancelled. Not an Exception: let it through."""


class TooManyLeftBehindError(Exception):
    """So many threads ignore that they should stop that the process had better start anew."""


class Threads:
    """Calls functions in threads of their own."""

    def __init__(self, most_left_behind: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._most_left_behind = most_left_behind
        self._patience_seconds = patience_seconds
        self._left_behind = 0
        self.given_up = asyncio.Event()
        """Set when more threads than allowed were left behind: the process should end."""

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run `function` and wait for it. Cancelling this stops the thread as told above, then raises."""
        call = _Call(asyncio.get_running_loop(), function, arguments)
        threading.Thread(target=copy_context().run, args=(call.run,), name="handler", daemon=True).start()
        try:
            return await asyncio.shield(call.done)
        except asyncio.CancelledError:
            if not call.done.done():
                await self._end(call)
            raise

    async def _end(self, call: "_Call") -> None:
        call.stop()
        try:
            async with asyncio.timeout(self._patience_seconds):
                await asyncio.wait([call.done])
        except TimeoutError:
            self._left_behind += 1
            call.done.add_done_callback(self._came_back)
            log.error(  # noqa: TRY400 - the time-out is ours
                "a handler's thread does not stop and is left behind: it is in code that is not Python's",
                function=getattr(call.function, "__qualname__", str(call.function)),
                left_behind=self._left_behind,
            )
            if self._left_behind > self._most_left_behind:
                self.given_up.set()

    def _came_back(self, _: "asyncio.Future[Any]") -> None:
        self._left_behind -= 1


class _Call:
    """One function in one thread. The lock makes sure that the exception hits this call and nothing after it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, function: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> None:
        self.function = function
        self.done: asyncio.Future[Any] = loop.create_future()
        self.done.add_done_callback(_look_at)
        self._loop = loop
        self._arguments = arguments
        self._lock = threading.Lock()
        self._thread_id: int | None = None
        self._unwanted = False

    def run(self) -> None:
        """In the thread."""
        try:
            self._begin()
            try:
                result = self.function(*self._arguments)
            finally:
                with self._lock:
                    self._thread_id = None
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the attempt
            plain = isinstance(error, Exception) and not isinstance(error, StopIteration)
            self._tell(self.done.set_exception, error if plain else RuntimeError(f"the handler raised {error!r}"))
        else:
            self._tell(self.done.set_result, result)

    def _begin(self) -> None:
        with self._lock:
            if self._unwanted:
                raise JobStopped
            self._thread_id = threading.get_ident()

    def stop(self) -> None:
        """Raise JobStopped in the thread, if it is still in the function."""
        with self._lock:
            self._unwanted = True
            if self._thread_id is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread_id), ctypes.py_object(JobStopped)
                )

    def _tell(self, setter: Callable[[Any], None], value: Any) -> None:
        def tell() -> None:
            if not self.done.done():
                setter(value)

        try:
            self._loop.call_soon_threadsafe(tell)
        except RuntimeError:
            log.warning("a handler's thread ended after its worker")


def _look_at(done: "asyncio.Future[Any]") -> None:
    """An exception that nobody waits for any more is not worth a warning."""
    if not done.cancelled():
        done.exception()
