"""Stores what runs log: twice a second, and all of a run before its outcome."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

from jobyard.ports import LoggedRun, LogSink
from jobyard.worker.held import Held, Run
from jobyard.worker.log_book import LogBook
from jobyard.worker.options import WorkerOptions

LINES_AT_ONCE = 2_000


class LogWriter:
    """Takes lines from the runs of `held`. Its lock keeps two writers from one run's lines."""

    def __init__(self, sink: LogSink, held: Held, options: WorkerOptions) -> None:
        self._sink = sink
        self._held = held
        self._options = options
        self._lock = asyncio.Lock()

    async def step(self) -> float:
        """Store what was logged since the last time."""
        logging = [run for run in self._held.runs.values() if run.book is not None and run.book.pending]
        if logging:
            await self.write(logging)
        return self._options.progress_seconds

    async def write(self, runs: Iterable[Run]) -> None:
        """Store all that these runs have logged. What the database did not take stays with them."""
        async with self._lock:
            by_worker: defaultdict[int, list[tuple[Run, LogBook]]] = defaultdict(list)
            for run in runs:
                if run.book is not None:
                    by_worker[run.worker].append((run, run.book))
            for worker, books in by_worker.items():
                while part := _next_part(books):
                    await self._send(worker, part)

    async def _send(self, worker: int, part: list[tuple[LogBook, LoggedRun]]) -> None:
        for book, _ in part:
            book.unsure = True
        await self._sink.append(worker, [logged for _, logged in part])
        for book, logged in part:
            del book.pending[: len(logged.lines)]
            book.unsure = False


def _next_part(books: list[tuple[Run, LogBook]]) -> list[tuple[LogBook, LoggedRun]]:
    """What is pending, as much as one statement takes."""
    part: list[tuple[LogBook, LoggedRun]] = []
    room = LINES_AT_ONCE
    for run, book in books:
        lines = book.pending[:room]
        if lines:
            part.append((book, LoggedRun(run.job, lines, book.unsure)))
            room -= len(lines)
        if room <= 0:
            break
    return part
