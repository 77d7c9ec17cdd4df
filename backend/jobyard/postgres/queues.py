"""The queues that there are, and how full they are."""

from jobyard.domain.user import Viewer
from jobyard.ports import QueueDepth
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

MOST_QUEUES = 1_000
COUNTED = 100_000


class PostgresQueues:
    """The Queues of ports/, on a pool of readers."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers

    async def names(self, viewer: Viewer) -> list[str]:
        """Those that the viewer can use, in order."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("queue_names"), viewer.key, MOST_QUEUES)
        return [row["queue"] for row in rows]

    async def depths(self, names: list[str]) -> dict[str, QueueDepth]:
        """How full some are, with everybody's jobs."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("queue_depths"), names, COUNTED)
        return {row["queue"]: QueueDepth(min(row["pending"], COUNTED), row["oldest_seconds"]) for row in rows}
