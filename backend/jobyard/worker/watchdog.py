"""Notices a handler that blocks the event loop, from a thread: names it with its stack, and ends a loop that is stuck.

While the loop is blocked nothing else of this process runs: no claim, no result, no other job. The lease is safe (the
heartbeat has a thread of its own), so the jobs would never run elsewhere: after a while the process ends instead.

Only time that this thread has seen counts. Where it comes late to its look, it was stopped itself: with the whole
process (SIGSTOP, a machine that sleeps), which must not end for it, or by code in C that holds the interpreter's lock.
That can't be ended from a thread: last_resort.py does.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType

import structlog

from jobyard.worker.held import Run
from jobyard.worker.last_resort import LastResort

log = structlog.get_logger()

BLOCKED_SECONDS = 1.0
STUCK_SECONDS = 120.0
LOOK_SECONDS = 0.25
LATE_SECONDS = 1.0
"""A look that comes so long after the one before has not seen the time between."""

STANDSTILL_SECONDS = 5.0
"""A look that comes so late is worth a line in the log: a heartbeat may have been missed."""

STARTING_SECONDS = 10.0
"""For so long after the start, what holds the loop and is no handler is the start itself."""

STUCK_EXIT = 71
"""Exit code of a process whose loop was stuck (EX_OSERR): whoever watches it starts another."""

STACK_FRAMES = 30


@dataclass(slots=True)
class Silence:
    """For how long the loop has not ticked while it was looked at."""

    looked_at: float
    ticks: int = 0
    seconds: float = 0.0

    def look(self, now: float, ticks: int) -> float:
        """Look again. Returns for how long nobody has looked."""
        gap, self.looked_at = now - self.looked_at, now
        if ticks != self.ticks:
            self.ticks, self.seconds = ticks, 0.0
        elif gap <= LATE_SECONDS:
            self.seconds += gap
        return gap


class Watchdog:
    """Looks whether the loop ticks. `blocked` is called in this thread, once for each time that it is blocked."""

    def __init__(
        self,
        executes: CodeType,
        blocked: Callable[[Run | None, str, float], None],
        *,
        blocked_seconds: float = BLOCKED_SECONDS,
        stuck_seconds: float = STUCK_SECONDS,
        last_resort: LastResort | None = None,
        end: Callable[[int], None] = os._exit,
    ) -> None:
        self._executes = executes
        self._blocked = blocked
        self._blocked_seconds = blocked_seconds
        self._stuck_seconds = stuck_seconds
        self._last_resort = last_resort
        self._end = end
        self._ticks = 0
        self._told = False
        self._ready_at = time.monotonic() + STARTING_SECONDS
        self._silence = Silence(time.monotonic())
        self._cpu = time.process_time()
        self._loop_thread = threading.get_ident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin; to be called in the loop's thread, as is the constructor."""
        self.tick()
        if self._last_resort is not None:
            self._last_resort.begin()
        self._thread.start()

    def tick(self) -> None:
        """The loop lives."""
        self._ticks += 1

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _watch(self) -> None:
        try:
            while not self._stop.wait(LOOK_SECONDS):
                if self._last_resort is not None:
                    self._last_resort.wind_up()
                self.look(time.monotonic(), time.process_time())
        finally:
            if self._last_resort is not None:
                self._last_resort.end()

    def look(self, now: float, cpu: float) -> None:
        """One look, at this time (monotonic), when the process has used so much of the processor."""
        silence, before = self._silence, self._silence.seconds
        gap = silence.look(now, self._ticks)
        used, self._cpu = cpu - self._cpu, cpu
        if gap >= STANDSTILL_SECONDS:
            self._stood_still(gap, used)
        if silence.seconds == 0 and self._told:
            self._told = False
            log.warning("the event loop goes on", was_blocked_for_seconds=round(before, 1))
        if silence.seconds >= self._blocked_seconds and not self._told:
            run, stack = self._who()
            if run is not None or now >= self._ready_at:
                self._told = True
                self._blocked(run, stack, silence.seconds)
        if silence.seconds >= self._stuck_seconds:
            self._stuck(now)

    def _stuck(self, now: float) -> None:
        run, stack = self._who()
        if run is None and now < self._ready_at:
            return
        log.critical(
            "the event loop is stuck: this process ends, and its jobs run elsewhere",
            for_seconds=round(self._silence.seconds, 1),
            **_names(run),
            stack=stack,
        )
        self._stop.set()
        self._end(STUCK_EXIT)

    def _stood_still(self, seconds: float, used: float) -> None:
        """Nothing can be done about it from a thread; it can be told apart by what the processor did meanwhile."""
        if used < seconds / 2:
            log.warning("this process was frozen: its jobs may run elsewhere by now", for_seconds=round(seconds, 1))
            return
        run, stack = self._who()
        log.error(
            "code in C held the interpreter's lock, and stopped even the heartbeat: make its handler `cpu_bound`",
            for_seconds=round(seconds, 1),
            **_names(run),
            stack=stack,
        )

    def _who(self) -> tuple[Run | None, str]:
        """The run whose handler stands on the loop's stack, and the stack from the handler on."""
        current = sys._current_frames()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - documented
        frame = current.get(self._loop_thread)
        frames: list[FrameType] = []
        while frame is not None:
            if frame.f_code is self._executes:
                run = frame.f_locals.get("run")
                return (run if isinstance(run, Run) else None), _stack(frames)
            frames.append(frame)
            frame = frame.f_back
        return None, _stack(frames)


def _names(run: Run | None) -> dict[str, str]:
    return {} if run is None else {"job_id": str(run.job.id), "kind": run.job.kind}


def _stack(frames: list[FrameType]) -> str:
    kept = frames[:STACK_FRAMES]
    summary = traceback.StackSummary.extract((frame, frame.f_lineno) for frame in reversed(kept))
    return "".join(summary.format())
