"""Ends a process in which code in C holds the interpreter's lock for ever: no thread of Python can do that.

A timer of the kernel counts the processor time that the process uses, and the watchdog winds it up at each look. Where
it no longer can, the timer runs out, and its signal ends the process: faulthandler writes the stacks of all threads (in
C, without the lock), then the signal's default action does the rest. A frozen process uses no processor time.
"""

import faulthandler
import os
import signal

STANDARD_ERROR = 2


class LastResort:
    """To be wound up again and again. All but Unix: does nothing."""

    def __init__(self, stuck_seconds: float, lease_seconds: float) -> None:
        """Runs out after `stuck_seconds` on one processor.

        Code in C may use all of them at once. So it takes that of a whole lease on all: by then a process that sent no
        heartbeat has lost its jobs in any case.
        """
        self._seconds = max(stuck_seconds, lease_seconds * _processors())

    def begin(self) -> None:
        """Prepare, and wind it up: the first handler may never let the watchdog look."""
        if hasattr(signal, "setitimer"):
            faulthandler.register(signal.SIGVTALRM, file=STANDARD_ERROR, all_threads=True, chain=True)
        self.wind_up()

    def wind_up(self) -> None:
        """The interpreter's lock goes round: from any thread."""
        self._set(self._seconds)

    def end(self) -> None:
        """Nobody winds it up from here on."""
        self._set(0)

    @staticmethod
    def _set(seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
