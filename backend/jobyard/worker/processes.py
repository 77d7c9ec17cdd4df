"""Runs CPU-bound functions in processes of their own, which are killed when they are no longer wanted.

Pebble keeps the pool: it is the one library whose pool kills the process of a cancelled call, and starts another.
Processes are spawned, not forked: this one has threads and an event loop.
"""

import asyncio
import multiprocessing
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from typing import Any
from uuid import UUID

import msgspec
import structlog
from pebble import ProcessExpired, ProcessPool

from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.worker.held import Run

log = structlog.get_logger()

Report = tuple[UUID, int, float, str | None]

JOIN_SECONDS = 5.0


class ProcessDied(Exception):
    """The handler's process ended while it ran: killed, out of memory, or crashed."""


class Processes:
    """Calls functions in at most `size` processes, started when they are first needed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool: ProcessPool | None = None
        self._runs: dict[tuple[UUID, int], Run] = {}
        self._reports: SimpleQueue[Report | None] | None = None
        self._reader: threading.Thread | None = None

    async def call(self, function: Callable[..., Any], payload_type: type[Any], run: Run) -> Any:
        """Run a handler and wait for it. Cancelling this kills its process."""
        pool = self._started()
        context = ProcessContext(run.job_id, run.attempt, run.run, run.owner)
        self._runs[run.job_id, run.run] = run
        try:
            future = pool.schedule(_handle, (function, payload_type, run.job.payload, context))
            told = await asyncio.wrap_future(future)
        except ProcessExpired as error:
            raise ProcessDied(f"its process ended with exit code {error.exitcode}") from error
        finally:
            del self._runs[run.job_id, run.run]
        return _untold(told)

    async def close(self) -> None:
        """Kill what still runs."""
        if self._pool is not None and self._reports is not None and self._reader is not None:
            self._pool.stop()
            await asyncio.to_thread(self._pool.join, JOIN_SECONDS)
            self._reports.put(None)
            await asyncio.to_thread(self._reader.join, JOIN_SECONDS)
            self._pool = None

    def _started(self) -> ProcessPool:
        if self._pool is None:
            spawn = multiprocessing.get_context("spawn")
            self._reports = spawn.SimpleQueue()
            context: Any = spawn  # typed as another one, which it serves as well
            self._pool = ProcessPool(self._size, initializer=_begin, initargs=(self._reports,), context=context)
            self._reader = threading.Thread(
                target=self._read, args=(self._reports, asyncio.get_running_loop()), name="progress", daemon=True
            )
            self._reader.start()
        return self._pool

    def _read(self, reports: "SimpleQueue[Report | None]", loop: asyncio.AbstractEventLoop) -> None:
        while (report := reports.get()) is not None:
            loop.call_soon_threadsafe(self._progress, report)

    def _progress(self, report: Report) -> None:
        job_id, number, fraction, message = report
        run = self._runs.get((job_id, number))
        if run is not None:
            run.progress(fraction, message)


# In the process -----------------------------------------------------------------------------------------------------
_reports: "SimpleQueue[Report | None] | None" = None


def _begin(reports: "SimpleQueue[Report | None]") -> None:
    global _reports  # noqa: PLW0603 - an initializer has no other place to keep it
    _reports = reports
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker decides when its processes end


@dataclass(frozen=True, slots=True)
class ProcessContext:
    """The JobContext of a handler in a process. It is never asked to stop: its process is killed instead."""

    job_id: UUID
    attempt: int
    run: int
    owner: int
    cancel_requested: bool = False

    def progress(self, fraction: float, message: str | None = None) -> None:
        """Report how far this is, 0 to 1. Raises ValueError outside of it."""
        if not 0 <= fraction <= 1:
            raise ValueError(f"fraction must be between 0 and 1, is {fraction}")
        if _reports is not None:
            _reports.put((self.job_id, self.run, fraction, message))


def _handle(function: Callable[..., Any], payload_type: type[Any], payload: bytes, context: ProcessContext) -> Any:
    """What a handler says by raising is told as a value: its exceptions' arguments do not survive pickling."""
    try:
        return ("result", msgspec.json.encode(function(msgspec.json.decode(payload, type=payload_type), context)))
    except Fail as error:
        return ("fail", error.message, error.type)
    except RetryAfter as error:
        return ("retry", error.message, error.seconds, error.type)
    except Snooze as error:
        return ("snooze", error.seconds)


def _untold(told: Any) -> Any:
    match told:
        case ("result", text):
            return msgspec.Raw(text)
        case ("fail", message, type_):
            raise Fail(message, type=type_)
        case ("retry", message, seconds, type_):
            raise RetryAfter(message, seconds=seconds, type=type_)
        case ("snooze", seconds):
            raise Snooze(seconds)
        case _:
            raise TypeError(f"a handler's process answered {told!r}")
