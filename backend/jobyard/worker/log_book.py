"""What one run logs, until it is stored. Its handler may log from any thread."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from jobyard.domain.limits import Limits
from jobyard.ports import LogLevel, NewLogLine


def clean_line(message: object, most_bytes: int) -> str:
    """Fit for storage: no U+0000, no half surrogate, not over the limit."""
    text = str(message).replace("\0", "\ufffd").encode("utf-8", "replace")
    if len(text) <= most_bytes:
        return text.decode()
    return text[: most_bytes - 3].decode("utf-8", "ignore") + "…"


@dataclass(slots=True)
class _Size:
    lines: int = 0
    bytes: int = 0


class LogBook:
    """Numbers a run's lines, holds them to the limits, and keeps those that are not stored yet."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._size = _Size()
        self._is_full = False
        self.pending: list[NewLogLine] = []
        self.unsure = False
        """The first of the pending lines may have been stored: the answer was lost."""

    def add(self, message: object, level: str, hide: Callable[[str], str] | None) -> None:
        """Keep a line. One over the limits is not kept; the last one that is says so. Raises ValueError for a level."""
        chosen = LogLevel(level)
        text = str(message)
        line = clean_line(text if hide is None else hide(text), self._limits.log_line_bytes)
        with self._lock:
            if self._is_full:
                return
            size, limits = self._size, self._limits
            if size.lines + 1 >= limits.log_lines or size.bytes + len(line.encode()) > limits.log_bytes:
                self._is_full = True
                most = f"{limits.log_lines} lines or {limits.log_bytes // 1024} KiB"
                line, chosen = f"further lines are not kept: the limit of an attempt is {most}", LogLevel.WARNING
            size.lines += 1
            size.bytes += len(line.encode())
            self.pending.append(NewLogLine(size.lines, time.monotonic(), chosen, line))
