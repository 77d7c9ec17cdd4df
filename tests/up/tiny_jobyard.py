"""The real supervisor over tiny parts: `tiny_jobyard.py FOLDER [NAME=MANNER ...]`. Says `ready` when all are."""

import asyncio
import signal
import sys
from pathlib import Path

from jobyard.up.part import Part, program
from jobyard.up.supervisor import Supervisor
from jobyard.up.terminal import Terminal

TINY_PART = Path(__file__).with_name("tiny_part.py")


def tiny(folder: Path, name: str, manner: str) -> Part:
    command = [sys.executable, str(TINY_PART), str(folder), name, manner]

    async def ready() -> bool:
        return (folder / f"{name}.pid").exists()

    return Part(
        name=name,
        start=program(command, {}, folder, death_signal=signal.SIGKILL),
        before=lambda: (folder / f"{name}.pid").unlink(missing_ok=True),
        ready=ready,
        ready_seconds=30,
        stop_seconds=0.5 if manner == "stubborn" else 30,
        lingers=manner == "lingers",
    )


async def supervise(folder: Path, manners: list[str]) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def ready() -> None:
        Terminal().say("ready")

    pairs = [manner.split("=") for manner in manners]
    parts = [tiny(folder, name, manner) for name, manner in pairs]
    return await Supervisor(parts, logs=folder, terminal=Terminal()).run(stop, ready)


if __name__ == "__main__":
    sys.exit(asyncio.run(supervise(Path(sys.argv[1]), sys.argv[2:])))
