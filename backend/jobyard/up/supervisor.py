"""Starts the parts in order, starts again what dies, stops all in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from jobyard.up.errors import UpError
from jobyard.up.part import Part, Running, how_it_ended
from jobyard.up.terminal import Terminal

BACKOFF_FIRST, BACKOFF_MOST = 0.5, 30.0
CALM_SECONDS = 60.0  # a part that ran this long begins its backoff anew
SLOW_SECONDS = 4.0  # a start that takes longer says that it is under way


class Supervisor:
    """The parts, in the order of their start. They stop in the opposite order, but for those that linger."""

    def __init__(self, parts: Sequence[Part], *, logs: Path, terminal: Terminal) -> None:
        self._running = [Running(part, logs, terminal) for part in parts]
        self._started: list[Running] = []
        self._terminal = terminal
        self._watchers: list[asyncio.Task[None]] = []

    async def run(self, stop: asyncio.Event, when_ready: Callable[[], Awaitable[None]]) -> int:
        """Start all, and watch until `stop` is set. The exit code: 0 after an asked stop, 1 when a start failed."""
        starting = asyncio.create_task(self._start_all(when_ready))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                ended, _ = await asyncio.wait({stopping, *self._watchers}, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()  # a watcher ends by an error of ours alone: that ends all, loudly
        except UpError as error:
            self._terminal.say(f"Jobyard did not start: {error}")
            return 1
        else:
            return 0
        finally:
            starting.cancel()
            stopping.cancel()
            await asyncio.wait({starting})
            await self._stop_all()

    async def _start_all(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        for running in self._running:
            since = time.monotonic()
            self._started.append(running)
            slow = asyncio.create_task(self._say_when_slow(running.part.name))
            try:
                await running.start()
            finally:
                slow.cancel()
            done = "done" if running.part.ready is None else "ready"
            self._terminal.part(running.part.name, f"{done} ({time.monotonic() - since:.1f} s)")
            if running.part.ready is not None:
                self._watchers.append(asyncio.create_task(self._watch(running)))
        await when_ready()

    async def _say_when_slow(self, name: str) -> None:
        await asyncio.sleep(SLOW_SECONDS)
        self._terminal.part(name, "starting, this takes a moment")

    async def _watch(self, running: Running) -> None:
        name, failures = running.part.name, 0
        while True:
            since = time.monotonic()
            code = await running.exited()
            await running.kill()
            failures = 0 if time.monotonic() - since > CALM_SECONDS else failures
            reason = f"{how_it_ended(code)} unexpectedly. The log is {running.log}{running.tail()}"
            while True:
                delay = min(BACKOFF_MOST, BACKOFF_FIRST * 2**failures)
                failures += 1
                self._terminal.part(name, f"{reason}\n  {name:<9} starting it again in {delay:.1f} s")
                await asyncio.sleep(delay)
                try:
                    await running.start()
                except UpError as error:
                    reason = str(error)
                else:
                    break
            self._terminal.part(name, "ready again")

    async def _stop_all(self) -> None:
        for watcher in self._watchers:
            watcher.cancel()
        if self._watchers:
            await asyncio.wait(self._watchers)
        lingering = [running for running in self._started if running.part.lingers]
        for running in lingering:
            running.ask_to_stop()
        for running in reversed(self._started):
            if not running.part.lingers:
                await running.stop()
        for running in lingering:
            await running.stop()
