"""A process that hangs when it should end is ended, also where its interpreter's lock is held for ever."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jobyard.stop_limit import OVERDUE_EXIT

BACKEND = str(Path(__file__).parents[1] / "backend")
BEFORE = """
import re, signal, sys, threading
from jobyard.observability import configure_logging
from jobyard.stop_limit import StopLimit

def hang():
    threading.Event().wait()

def hold():
    re.match("(a+)+$", "a" * 100 + "b")

configure_logging(json=True)
"""


def ended(program: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + program],
        env={"PYTHONPATH": BACKEND},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("hangs", ["hang()", "threading.Thread(target=hang).start()"])
def test_what_hangs_is_named_and_ended(hangs: str) -> None:
    code, said = ended(f"limit = StopLimit(0.1)\nlimit.asked()\n{hangs}")
    line = json.loads(said.splitlines()[0])
    assert (code, line["level"]) == (OVERDUE_EXIT, "critical")
    assert "in hang\n" in line["stacks"]


def test_also_with_the_interpreters_lock() -> None:
    code, said = ended("limit = StopLimit(0.1)\nlimit.asked()\nhold()")
    assert code == 1
    assert "in hold\n" in said


def test_also_where_a_signal_tells_it_twice() -> None:
    told = "limit = StopLimit(0.1)\nsignal.signal(signal.SIGTERM, lambda *_: limit.asked())\n"
    code, said = ended(told + "signal.raise_signal(signal.SIGTERM)\n" * 2 + "hang()")
    assert (code, said.count("critical")) == (OVERDUE_EXIT, 1)


def test_a_process_that_ends_is_not_held_up() -> None:
    assert ended("limit = StopLimit(600)\nlimit.asked()") == (0, "")
