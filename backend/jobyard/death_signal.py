"""Linux' parent death signal: what we start does not outlive us, even when we are killed -9.

Elsewhere these do nothing: there, only an orderly stop takes the children along.
"""

import ctypes
import os
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(signal_number: int) -> Callable[[], None] | None:
    """For subprocess's `preexec_fn`: the child gets this signal when the thread that starts it ends."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def follow_parent(signal_number: int) -> None:
    """This process itself gets the signal when the one that started it is killed."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
