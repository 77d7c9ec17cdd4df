"""Notices a handler that blocks the event loop, from a thread: names it with its stack, and ends a loop that is stuck.

While the loop is blocked nothing else of this process runs: no claim, no result, no other job. The lease is safe (the
heartbeat has a thread of its own), so the jobs would never run elsewhere: after 120 s the process ends instead.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import CodeType, FrameType

import structlog

from jobyard.worker.held import Run

log = structlog.get_logger()

BLOCKED_SECONDS = 1.0
STUCK_SECONDS = 120.0
LOOK_SECONDS = 0.25
STUCK_EXIT = 71
STACK_FRAMES = 30


class Watchdog:
    """Looks at when the loop last ticked. `blocked` is called in this thread, once for each time that it blocks."""

    def __init__(
        self,
        executes: CodeType,
        blocked: Callable[[Run | None, str, float], None],
        *,
        blocked_seconds: float = BLOCKED_SECONDS,
        stuck_seconds: float = STUCK_SECONDS,
        end: Callable[[int], None] = os._exit,
    ) -> None:
        self._executes = executes
        self._blocked = blocked
        self._blocked_seconds = blocked_seconds
        self._stuck_seconds = stuck_seconds
        self._end = end
        self._ticked_at = time.monotonic()
        self._loop_thread = threading.get_ident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin; to be called in the loop's thread, as is the constructor."""
        self.tick()
        self._thread.start()

    def tick(self) -> None:
        """The loop lives."""
        self._ticked_at = time.monotonic()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._stop.set()
        self._thread.join(5)

    def _watch(self) -> None:
        told_of = -1.0
        while not self._stop.wait(LOOK_SECONDS):
            ticked_at = self._ticked_at
            for_seconds = time.monotonic() - ticked_at
            if for_seconds >= self._stuck_seconds:
                log.critical("the event loop is stuck: this process ends", for_seconds=for_seconds)
                self._end(STUCK_EXIT)
                return
            if for_seconds >= self._blocked_seconds and told_of != ticked_at:
                told_of = ticked_at
                frames = sys._current_frames()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - documented
                frame = frames.get(self._loop_thread)
                run, stack = self._who(frame)
                self._blocked(run, stack, for_seconds)

    def _who(self, frame: FrameType | None) -> tuple[Run | None, str]:
        """The run whose handler stands on the loop's stack, and the stack from the handler on."""
        frames: list[FrameType] = []
        while frame is not None:
            if frame.f_code is self._executes:
                run = frame.f_locals.get("run")
                return (run if isinstance(run, Run) else None), _stack(frames)
            frames.append(frame)
            frame = frame.f_back
        return None, _stack(frames)


def _stack(frames: list[FrameType]) -> str:
    kept = frames[:STACK_FRAMES]
    summary = traceback.StackSummary.extract((frame, frame.f_lineno) for frame in reversed(kept))
    return "".join(summary.format())
