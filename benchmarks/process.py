"""Starts measured processes, gives each its task, and reads its lines."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.adapters.task import Task
from benchmarks.install import FOLDER, ROOT, Installed
from jobyard.death_signal import die_with_parent

Values: TypeAlias = dict[str, float]

LINE_SECONDS = 180.0
END_SECONDS = 30.0
LINE_BYTES = 64 * 1024


class ProcessError(Exception):
    """A measured process failed, or said nothing for too long. The message ends with its standard error."""


class Measured:
    """A process that does one task."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    async def line(self, within: float = LINE_SECONDS) -> Values:
        """The next line that it says. Raises ProcessError."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            async with asyncio.timeout(within):
                text = await self._process.stdout.readline()
        except TimeoutError:
            raise ProcessError(f"said nothing for {within:.0f} s{self._tail()}") from None
        if not text:
            raise ProcessError(f"ended with exit code {await self._process.wait()}{self._tail()}")
        return json.loads(text)

    def tell_stop(self) -> None:
        """Tell a worker to stop: its result follows."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(b"stop\n")

    async def end(self) -> None:
        """Wait for its end; kill it where that takes long."""
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self.kill()

    def kill(self) -> None:
        """End it now."""
        if self._process.returncode is None:
            self._process.kill()

    def _tail(self) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        return f"\n{text[-2000:]}" if text else ""


@asynccontextmanager
async def measured(installed: Installed, task: Task, name: str = "") -> AsyncGenerator[Measured]:
    """A process at its task, for the block. `name` tells it from others that do the same beside it."""
    logs = FOLDER / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{installed.system.name}-{task.do}{name}.log"
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *installed.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=installed.folder,
            env=_environment(),
            limit=LINE_BYTES,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.write(json.dumps(asdict(task)).encode() + b"\n")
    one = Measured(process, log)
    try:
        yield one
        await one.end()
    finally:
        one.kill()
        await process.wait()


async def result(installed: Installed, task: Task) -> Values:
    """Do a task; its result."""
    async with measured(installed, task) as process:
        return await process.line()


def _environment() -> dict[str, str]:
    """Nothing of the caller's that changes how a system behaves (PGOPTIONS, JOBYARD_…, PYTHON…)."""
    kept: dict[str, Any] = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONPATH": str(ROOT)}
