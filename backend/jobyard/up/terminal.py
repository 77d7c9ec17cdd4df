"""What the person at the terminal sees: a few calm lines, and errors of the parts, not their logs."""

import json
import re
import sys
import time
from typing import cast

SHOWN_PER_PERIOD, PERIOD_SECONDS = 8, 10.0
LINE_LIMIT = 300  # characters of a shown line
WAITING = "jobyard: waiting "  # our own commands say what for, after some seconds
CALM = ("debug", "info")
LOUD = ("error", "critical", "fatal", "panic")
NUMBER = re.compile(r"\d+")
PLAIN_ERROR = re.compile(r"\b(ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback |^[\w.]+(Error|Exception)\b")


class Terminal:
    """Prints lines. A terminal that went away is no reason to stop."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[float, int]] = {}
        self._last: dict[str, str] = {}

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        try:
            print(text, flush=True)  # noqa: T201 - it is what this class is for
        except OSError:
            sys.stdout = sys.stderr

    def part(self, name: str, text: str) -> None:
        """A line about a part, under its name."""
        self.say(f"  {name:<9} {text}")

    def error_of(self, name: str, line: str, *, log: str) -> None:
        """Show a line of a part's log when it tells of an error or of a wait; a flood of them is cut to a few."""
        text = error_text(name, line)
        if text is None:
            return
        now = time.monotonic()
        since, count = self._shown.get(name, (now, 0))
        if now - since > PERIOD_SECONDS:
            since, count = now, 0
        elif alike(text, self._last.get(name, "")):
            return
        self._last[name] = text
        self._shown[name] = (since, count + 1)
        if count < SHOWN_PER_PERIOD:
            self.part(name, text)
        elif count == SHOWN_PER_PERIOD:
            self.part(name, f"more errors are in {log}")


def error_text(name: str, line: str) -> str | None:
    """What to show of a log line; None when it tells of no error, nor what it waits for.

    PostgreSQL's plain ERRORs are its answers to statements, which the API itself handles and logs.
    """
    fields = _fields(line)
    if fields is not None:
        level = str(fields.get("level", "")).lower()
        if level not in LOUD:
            return None
        message = str(fields.get("event") or fields.get("msg") or line)
        detail = str(fields.get("exception") or fields.get("error") or "").strip().rpartition("\n")[2]
        return f"{level}: {message}{': ' + detail if detail else ''}"[:LINE_LIMIT]
    if name == "postgres" and not re.search(r"\b(FATAL|PANIC)\b", line):
        return None
    if line.startswith(WAITING):
        return line.removeprefix("jobyard: ").strip()[:LINE_LIMIT]
    return line.strip()[:LINE_LIMIT] if PLAIN_ERROR.search(line) else None


def is_calm(line: str) -> bool:
    """Whether a log line tells of nothing that went wrong."""
    fields = _fields(line)
    return fields is not None and str(fields.get("level", "")).lower() in CALM


def alike(line: str, other: str) -> bool:
    """Whether two lines differ by numbers alone, such as times and pids."""
    return NUMBER.sub("", line) == NUMBER.sub("", other)


def _fields(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        return cast("dict[str, object]", json.loads(line))
    except ValueError:
        return None
