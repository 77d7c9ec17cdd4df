"""The end of a process has a limit: whatever hangs in it, it is gone so long after it was asked to stop.

A thread writes into the log where all threads stand, and ends the process. It needs the interpreter's lock, which what
hangs may hold for ever: code in C, or Granian's own end (its issue 875). So a moment later a thread of faulthandler's,
which is written in C and needs no lock, does the same on standard error.
"""

import faulthandler
import logging
import os
import queue
import sys
import threading
import time
import traceback

import structlog

log = structlog.get_logger()

END_SECONDS = 10.0
"""What a process may take beyond its grace time to give back what it holds, and to end."""

IN_C_SECONDS = 1.0
"""So much later the thread that needs no lock ends it."""

OVERDUE_EXIT = 75
"""Exit code of a process that hung when it should have ended (EX_TEMPFAIL): what it held runs again elsewhere."""

STACK_FRAMES = 12


class StopLimit:
    """Of this process. Make it while all is well: `asked` may come in a signal's handler, where no thread can start."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._asked = False
        self._told: queue.SimpleQueue[None] = queue.SimpleQueue()  # the one whose `put` a signal's handler may call
        threading.Thread(target=self._watch, name="stop-limit", daemon=True).start()

    def asked(self) -> None:
        """The stop is asked for, now. A second call changes nothing."""
        if not self._asked:
            self._asked = True
            faulthandler.dump_traceback_later(self._seconds + IN_C_SECONDS, exit=True)
            self._told.put(None)

    def _watch(self) -> None:
        self._told.get()
        time.sleep(self._seconds)
        log.critical(
            "this process did not end when it was told to, and is ended: what it held runs again",
            after_seconds=self._seconds,
            stacks=_stacks(),
        )
        logging.shutdown()
        os._exit(OVERDUE_EXIT)


def _stacks() -> str:
    """Where all threads but this one stand."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - documented
    return "\n".join(
        f"{names.get(ident, ident)}:\n{''.join(traceback.format_stack(frame, STACK_FRAMES))}"
        for ident, frame in frames.items()
        if ident != threading.get_ident()
    )
