"""Who is alive, and runs what."""

from typing import Any

from jobyard.ports import LiveWorker, LiveWorkerPage, RunningJob
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

GREATEST = 2**31 - 1


class PostgresWorkerList:
    """The WorkerList of ports/, on a pool with the readers' settings."""

    def __init__(self, readers: Pool, lease_seconds: float) -> None:
        self._readers = readers
        self._lease_seconds = lease_seconds

    async def page(self, before: int | None, limit: int) -> LiveWorkerPage:
        """Workers whose lease holds, newest first."""
        below = GREATEST if before is None else before
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("workers"), self._lease_seconds, below, limit + 1)
        shown = [_worker(row) for row in rows[:limit]]
        return LiveWorkerPage(shown, shown[-1].id if len(rows) > limit else None)


def _worker(row: Any) -> LiveWorker:
    jobs = zip(row["ids"], row["job_kinds"], row["owners"], row["started"], strict=True)
    return LiveWorker(
        id=row["id"],
        name=row["name"],
        over_http=row["over_http"],
        kinds=tuple(row["kinds"]),
        slots=row["slots"],
        started_at=row["started_at"],
        beat_at=row["beat_at"],
        running=tuple(RunningJob(*job) for job in jobs),
    )
