"""Stores what handlers log, for the runs that a worker holds."""

import time
from collections.abc import Sequence

from jobyard.ports import LoggedRun, LogLevel
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

LEVELS = {level: number for number, level in enumerate(LogLevel)}


class PostgresLogSink:
    """The LogSink of ports/, on a pool with the engine's settings."""

    def __init__(self, engine: Pool) -> None:
        self._engine = engine

    async def append(self, worker: int, runs: Sequence[LoggedRun]) -> None:
        """Store lines of runs that this worker holds."""
        now = time.monotonic()
        lines = [(run, line) for run in runs for line in run.lines]
        async with database(), self._engine.acquire() as connection:
            await connection.execute(
                query("append_logs"),
                worker,
                [run.job.id for run, _ in lines],
                [run.job.owner for run, _ in lines],
                [run.job.run for run, _ in lines],
                [run.job.attempt for run, _ in lines],
                [line.number for _, line in lines],
                [now - line.logged_at for _, line in lines],
                [LEVELS[line.level] for _, line in lines],
                [line.message for _, line in lines],
                [run.unsure for run, _ in lines],
            )
