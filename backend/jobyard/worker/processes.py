"""Runs CPU-bound functions in processes of their own, which are killed when they are no longer wanted.

Pebble keeps the pool: it is the one library whose pool kills the process of a cancelled call, and starts another.
Processes are spawned, not forked: this one has threads and an event loop.
"""

import asyncio
import contextlib
import itertools
import math
import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec
import structlog
from pebble import CONSTS, ProcessExpired

from jobyard.death_signal import follow_parent
from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.ports import LogLevel
from jobyard.services.job_outcome import RaisedElsewhere, text_of, told_of
from jobyard.worker.held import Run
from jobyard.worker.log_book import clean_line
from jobyard.worker.process_pool import Pool

log = structlog.get_logger()

JOIN_SECONDS = 5.0
CAUGHT_UP_SECONDS = 1.0
CONSTS.term_timeout = 0.05
"""Our processes ignore SIGTERM, and Pebble sends SIGKILL after so long: its 3 s are for processes that clean up."""

MOST_TOLD = 64 * 1024
"""Characters of an exception's message and traceback that a process hands over, the last ones of a traceback."""

LONGEST_TEXT = 4 * 1024
"""Bytes of a report's text; a message of a socket pair goes as a whole, or not at all."""

SORT = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
"""Keeps messages apart and in order. No lock: a process that is killed while it writes one would keep it for ever."""


class Report(msgspec.Struct, array_like=True):
    """What a process tells of its run. A `level`: a line; a `fraction`: progress. No job: our own mark, by number."""

    job_id: UUID | None = None
    run: int = 0
    text: str | None = None
    level: str | None = None
    fraction: float | None = None


_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(Report).decode


class ProcessDied(Exception):
    """The handler's process ended while it ran: killed, out of memory, or crashed."""


class Processes:
    """Calls functions in at most `size` processes, started when they are first needed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free = asyncio.Semaphore(size)
        self._pool: Pool | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._runs: dict[tuple[UUID, int], Run] = {}
        self._ends: tuple[socket.socket, socket.socket] | None = None
        self._reader: threading.Thread | None = None
        self._marks = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[None]] = {}

    async def call(self, function: Callable[..., Any], payload_type: type[Any], run: Run) -> Any:
        """Run a handler and wait for it. Cancelling this kills its process.

        It waits here until a process is free: what is cancelled while it waits never begins, and its time-out does not
        run yet.
        """
        run.began = math.inf
        async with self._free:
            run.began = perf_counter()
            return _untold(await self._call(function, payload_type, run))

    async def _call(self, function: Callable[..., Any], payload_type: type[Any], run: Run) -> Any:
        pool = self._started()
        context = ProcessContext(run.job_id, run.attempt, run.run, run.owner)
        self._runs[run.job_id, run.run] = run
        try:
            future = pool.schedule(_handle, (function, payload_type, run.job.payload, context))
            return await asyncio.wrap_future(future)
        except ProcessExpired as error:
            raise ProcessDied(f"its process ended with exit code {error.exitcode}") from error
        except BrokenProcessPool as error:
            raise ProcessDied("the processes ended before it began") from error
        finally:
            try:
                await self._caught_up()
            finally:
                del self._runs[run.job_id, run.run]

    async def close(self) -> None:
        """Kill what still runs."""
        await asyncio.gather(*self._ending)
        if self._pool is not None and self._ends is not None and self._reader is not None:
            self._pool.stop()
            await asyncio.to_thread(self._pool.join, JOIN_SECONDS)
            await asyncio.to_thread(self._ends[1].send, _encode(Report(run=-1)))
            await asyncio.to_thread(self._reader.join, JOIN_SECONDS)
            for end in self._ends:
                end.close()
            self._pool = None

    def _started(self) -> Pool:
        if self._pool is not None and not self._pool.active:  # a process died that ran nothing: it takes no more calls
            log.error("the processes of CPU-bound handlers broke down, and are started anew")
            ending = asyncio.create_task(asyncio.to_thread(self._pool.join, JOIN_SECONDS))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            self._pool = None
        if self._ends is None:
            self._ends = socket.socketpair(socket.AF_UNIX, SORT)
            self._reader = threading.Thread(
                target=self._read, args=(self._ends[0], asyncio.get_running_loop()), name="reports", daemon=True
            )
            self._reader.start()
        if self._pool is None:
            context: Any = multiprocessing.get_context("spawn")  # typed as another one, which it serves as well
            self._pool = Pool(self._size, initializer=_begin, initargs=(self._ends[1],), context=context)
        return self._pool

    async def _caught_up(self) -> None:
        """Wait until all is read that the processes told until now: a run's lines come before its outcome."""
        if self._ends is None:
            return
        number = next(self._marks)
        self._waiting[number] = caught_up = asyncio.get_running_loop().create_future()
        sent = asyncio.to_thread(self._ends[1].send, _encode(Report(run=number)))  # behind what they have sent
        try:
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(CAUGHT_UP_SECONDS):
                    await sent
                    await caught_up
        finally:
            del self._waiting[number]  # also one that was never sent

    def _read(self, end: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            try:
                report = _decode(end.recv(4 * LONGEST_TEXT))
            except msgspec.MsgspecError:  # without a reader the next reports of all processes would wait for ever
                log.exception("a handler's process told what cannot be read")
                continue
            if report.run < 0:
                return
            loop.call_soon_threadsafe(self._heard, report)

    def _heard(self, report: Report) -> None:
        if report.job_id is None:
            caught_up = self._waiting.get(report.run)
            if caught_up is not None and not caught_up.done():
                caught_up.set_result(None)
            return
        run = self._runs.get((report.job_id, report.run))
        if run is None:
            return
        if report.level is not None:
            run.log(report.text or "", report.level)
        elif report.fraction is not None:
            run.progress(report.fraction, report.text)


# In the process -----------------------------------------------------------------------------------------------------
_reports: socket.socket | None = None


def _begin(reports: socket.socket) -> None:
    global _reports  # noqa: PLW0603 - an initializer has no other place to keep it
    _reports = reports
    follow_parent(signal.SIGKILL)  # its jobs run elsewhere then
    for number in (signal.SIGINT, signal.SIGTERM):  # told to a whole group: the worker decides when its processes end
        signal.signal(number, signal.SIG_IGN)


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
        number = float(fraction)
        if not 0 <= number <= 1:
            raise ValueError(f"fraction must be between 0 and 1, is {fraction}")
        self._tell(Report(self.job_id, self.run, _short(message), fraction=number))

    def log(self, message: str, level: str = "info") -> None:
        """Tell the job's owner something. Raises ValueError for a level that does not exist."""
        self._tell(Report(self.job_id, self.run, _short(message), LogLevel(level)))

    @staticmethod
    def _tell(report: Report) -> None:
        if _reports is not None:
            _reports.send(_encode(report))


def _short(message: str | None) -> str | None:
    return None if message is None else clean_line(message, LONGEST_TEXT)


def _handle(function: Callable[..., Any], payload_type: type[Any], payload: bytes, context: ProcessContext) -> Any:
    """What a handler raises is told as a value: of an exception that can't be unpickled the whole pool would break."""
    try:
        return ("result", msgspec.json.encode(function(msgspec.json.decode(payload, type=payload_type), context)))
    except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the attempt
        try:
            return _told(error)
        except BaseException as second:  # noqa: BLE001 - it is the handler's own class, and its words cannot be read
            return _told(RuntimeError(f"{type(error).__name__} cannot be told of: {type(second).__name__}"))


def _told(error: BaseException) -> tuple[Any, ...]:
    match error:
        case Fail():
            return ("fail", text_of(error.message)[:MOST_TOLD], text_of(error.type)[:MOST_TOLD])
        case RetryAfter():
            seconds = None if error.seconds is None else _number(error.seconds)
            return ("retry", text_of(error.message)[:MOST_TOLD], seconds, text_of(error.type)[:MOST_TOLD])
        case Snooze():
            return ("snooze", _number(error.seconds))
        case _:
            told = told_of(error)
            return ("raised", told.type, told.message[:MOST_TOLD], told.traceback[-MOST_TOLD:])


def _number(seconds: object) -> float | str:
    """Seconds as they are, or in words that are no number: the one who records them refuses them, and shows them."""
    return float(seconds) if isinstance(seconds, int | float) else str(seconds)[:MOST_TOLD]


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
        case ("raised", type_, message, traceback):
            raise RaisedElsewhere(type_, message, traceback)
        case _:
            raise TypeError(f"a handler's process answered {told!r}")
