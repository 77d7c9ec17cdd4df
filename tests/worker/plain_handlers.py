"""Handlers that are plain functions, at the top of a module as a process wants them."""

import math
import os
import re
import signal
import threading
import time
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import cast

import msgspec

from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.handlers.registry import JobContext

MAIN = os.getpid()


class Order(msgspec.Struct):
    """What to do, and a file to say that it has begun."""

    do: str = "answer"
    path: str = ""


class Odd(Exception):
    """Can be pickled, and not unpickled."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def handle(payload: Order, context: JobContext) -> object:  # noqa: C901, PLR0912, PLR0915 - one branch an order
    """Do as told."""
    if payload.path:
        Path(payload.path).write_text(f"{os.getpid()} {threading.get_ident()}")
    match payload.do:
        case "answer":
            context.progress(0.5, "half")
            return {"pid": os.getpid(), "thread": threading.get_ident(), "attempt": context.attempt}
        case "log":
            for number in range(200):
                context.log(f"line {number}", "warning" if number == 0 else "info")
        case "log and die":
            context.log("the last words")
            os.kill(os.getpid(), signal.SIGKILL)
        case "fail":
            raise Fail("no", type="refused")
        case "retry":
            raise RetryAfter("busy", seconds=0)
        case "snooze":
            if context.run == 1:
                raise Snooze(0)
            return context.attempt
        case "exit":
            raise SystemExit(3)
        case "leave":
            os._exit(0)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "odd progress":
            context.progress(cast("float", Decimal("0.5")), "half")
            context.progress(True)
        case "odd fail":
            raise Fail(cast("str", Odd("two", "words")), type=cast("str", HTTPStatus.NOT_FOUND))
        case "odd retry":
            raise RetryAfter("busy", seconds=cast("float", Odd("two", "words")))
        case "odd snooze":
            raise Snooze(math.nan)
        case "odd":
            raise Odd("two", "words")
        case "in C":
            return re.match(r"(a+)+$", "a" * 100 + "b") is None
        case "wait":
            while not Path(payload.path + ".go").exists():
                time.sleep(0.01)
        case "for ever":
            while True:
                time.sleep(0.01)
        case _:
            raise ValueError(payload.do)
    return None
