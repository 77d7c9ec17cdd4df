"""Handlers that misbehave in every way, in the event loop, in a thread and in a process.

Their progress tells that they have begun, and in which process.
"""

import asyncio
import os
import re
import signal
import time

import msgspec

from jobyard.handlers.registry import JobContext, Registry
from jobyard.worker.threads import JobStopped

EVER = 600.0


class Order(msgspec.Struct):
    """What to do, and for how long."""

    do: str = "sleep"
    seconds: float = 0


class Deep(Exception):
    """Can be pickled, and not unpickled, as exceptions with arguments of their own are."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def register(registry: Registry) -> None:
    registry.kind("rogue.loop", Order, description="In the loop", example={})(in_loop)
    registry.kind("rogue.thread", Order, description="In a thread", example={})(in_thread)
    registry.kind("rogue.process", Order, description="In a process", example={}, cpu_bound=True)(in_process)


async def in_loop(payload: Order, context: JobContext) -> int:  # noqa: C901 - one branch an order
    context.progress(0, str(os.getpid()))
    match payload.do:
        case "sleep":
            await asyncio.sleep(payload.seconds)
        case "block":
            if context.run == 1:
                time.sleep(payload.seconds)  # noqa: ASYNC251 - it is what is tested
        case "hold":
            if context.run == 1:
                hold_the_interpreter()
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "swallow":
            while True:
                try:
                    await asyncio.sleep(EVER)
                except asyncio.CancelledError:
                    continue
        case "stray":
            await asyncio.to_thread(time.sleep, EVER)
        case _:
            fall(100)
    return context.run


def in_thread(payload: Order, context: JobContext) -> int:
    context.progress(0, str(os.getpid()))
    match payload.do:
        case "sleep":
            sleep(payload.seconds)
        case "in C":
            time.sleep(EVER)
        case "swallow":
            while True:
                try:
                    sleep(EVER)
                except JobStopped:
                    continue
        case _:
            fall(100)
    return context.run


def in_process(payload: Order, context: JobContext) -> int:
    context.progress(0, str(os.getpid()))
    match payload.do:
        case "sleep":
            sleep(payload.seconds)
        case "in C":
            hold_the_interpreter()
        case "swallow":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            sleep(EVER)
        case _:
            fall(100)
    return context.run


def sleep(seconds: float) -> None:
    """In Python, so that a thread hears its stop."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.01)


def hold_the_interpreter() -> None:
    """In C, for ever, with its lock: no other thread runs."""
    re.match(r"(a+)+$", "a" * 100 + "b")


def fall(steps: int) -> None:
    """A traceback that is longer than what is kept, and whose frames no two neighbours are alike."""
    fall_on(steps)


def fall_on(steps: int) -> None:
    if steps == 0:
        raise Deep("ö" * 3000, "at the bottom")
    fall(steps - 1)
