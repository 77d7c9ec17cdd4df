"""A part: one program that is started, watched and stopped."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

from jobyard.death_signal import die_with_parent
from jobyard.up.errors import UpError
from jobyard.up.terminal import Terminal, alike, is_calm

LOG_BYTES, LOG_FILES = 10 * 2**20, 3  # a part's logs take 30 MiB at most
LINE_BYTES = 64 * 2**10
TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Part:
    """How to start a program, know that it is ready, and stop it. `start` is given the descriptor for its output."""

    name: str
    start: Callable[[int], subprocess.Popen[bytes]]
    ready: Callable[[], Awaitable[bool]] | None = None  # None: it is done when it ends with 0, as migrations are
    before: Callable[[], None] | None = None  # slow work that starts nothing; runs in a thread
    ready_seconds: float = 60.0
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 15.0
    lingers: bool = False  # asked to stop before all others, ended (by the same signal again) after them


def program(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, death_signal: int
) -> Callable[[int], subprocess.Popen[bytes]]:
    """`Part.start` for an ordinary program, in a session of its own: Ctrl-C reaches a whole foreground group at once,
    and the order of the stop is ours. `death_signal` is what it gets when we are killed.
    """

    def start(output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509 - it calls prctl and nothing else
        )

    return start


class Running:
    """A part's process: its output goes to a bounded log file, and errors in it to the terminal."""

    def __init__(self, part: Part, logs: Path, terminal: Terminal) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self._terminal = terminal
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._process: subprocess.Popen[bytes] | None = None
        self._exit: asyncio.Future[int] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._quiet = False

    @property
    def pid(self) -> int | None:
        """Of the process and of its session; None before the first start."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start it and wait until it is ready. Raises UpError, and then nothing of it is left."""
        if self.part.before is not None:
            await asyncio.to_thread(self.part.before)
        # Before the program: nobody would read what it says, and it would stop at a full pipe.
        handler = self._open_log()
        read, write = os.pipe()
        try:
            self._pump = asyncio.create_task(self._write_log(read, handler))
            self._process = self.part.start(write)
        except OSError as error:
            raise UpError(f"{self.part.name} cannot be started: {error}") from error
        finally:
            os.close(write)
        self._exit = _exit_of(self._process)
        try:
            await self._wait_ready()
        except UpError:
            await self.kill()
            raise

    async def exited(self) -> int:
        """Wait until it ends. The exit code, or minus the signal that ended it."""
        assert self._exit is not None, "start comes first"  # noqa: S101 - a mistake of ours
        return await asyncio.shield(self._exit)

    def ask_to_stop(self) -> None:
        """Send the part's stop signal; what it says from now on is not an error to show."""
        self._quiet = True
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self.part.stop_signal)

    async def stop(self) -> None:
        """Stop it: in its own time, and after `stop_seconds` by force. Nothing of its session is left."""
        self.ask_to_stop()
        if self._exit is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._exit), self.part.stop_seconds)
        await self.kill()

    async def kill(self) -> None:
        """End what is left of its session, the processes that it started too."""
        if self._process is None or self._exit is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.shield(self._exit)
        if self._pump is not None:
            await asyncio.wait({self._pump}, timeout=5)

    def tail(self) -> str:
        """Its last lines that may tell why it ended, indented, for a message."""
        return "".join(f"\n    {line}" for line in self._tail)

    async def _wait_ready(self) -> None:
        assert self._exit is not None  # noqa: S101 - start set it
        name, ready = self.part.name, self.part.ready
        try:
            async with asyncio.timeout(self.part.ready_seconds):
                while ready is None or not await ready():
                    done, _ = await asyncio.wait({self._exit}, timeout=None if ready is None else 0.05)
                    if done:
                        break
        except TimeoutError:
            seconds = f"{self.part.ready_seconds:.0f} s"
            raise UpError(f"{name} was not ready after {seconds}. The log is {self.log}{self.tail()}") from None
        if self._exit.done() and not (ready is None and self._exit.result() == 0):
            if self._pump is not None:
                await asyncio.wait({self._pump}, timeout=5)
            raise UpError(f"{name} {how_it_ended(self._exit.result())}. The log is {self.log}{self.tail()}")

    def _open_log(self) -> RotatingFileHandler:
        try:
            handler = RotatingFileHandler(self.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8")
        except OSError as error:
            raise UpError(f"{self.part.name}'s log {self.log} cannot be written: {error.strerror}") from error
        handler.setFormatter(logging.Formatter("%(message)s"))
        return handler

    async def _write_log(self, read: int, handler: RotatingFileHandler) -> None:
        reader = asyncio.StreamReader(limit=LINE_BYTES)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb")
        )
        try:
            rest = b""
            while chunk := await reader.read(LINE_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > LINE_BYTES:
                    lines, rest = [*lines, rest], b""
                for line in lines:
                    self._take_line(line, handler)
            if rest:
                self._take_line(rest, handler)
        finally:
            transport.close()
            handler.close()

    def _take_line(self, raw: bytes, handler: logging.Handler) -> None:
        line = raw.decode("utf-8", errors="replace").rstrip("\r")
        handler.emit(logging.makeLogRecord({"msg": line}))
        if not is_calm(line) and not (self._tail and alike(line, self._tail[-1])):
            self._tail.append(line[:500])
        if not self._quiet:
            self._terminal.error_of(self.part.name, line, log=str(self.log))


def how_it_ended(code: int) -> str:
    """In words: `ended with exit code 1`, `was ended by SIGKILL`."""
    if code >= 0:
        return f"ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"


def _exit_of(process: subprocess.Popen[bytes]) -> asyncio.Future[int]:
    """Told by a thread that waits: a daemon, so that no stuck process holds up our own end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[int] = loop.create_future()

    def tell(code: int) -> None:
        if not future.done():
            future.set_result(code)

    def wait() -> None:
        code = process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is gone: so are we
            loop.call_soon_threadsafe(tell, code)

    threading.Thread(target=wait, name=f"wait-{process.pid}", daemon=True).start()
    return future
