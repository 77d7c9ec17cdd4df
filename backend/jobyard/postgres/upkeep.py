"""What some worker must do for all, now and then. Each statement is safe anywhere, at any time, side by side."""

from jobyard.domain.events import EventType, JobChanged
from jobyard.ports import Claimable, Nudges
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

RESCUE_LOCK = 0x6A79_0001
"""Advisory lock: one rescue at a time, since each reads all of live_jobs."""


class PostgresUpkeep:
    """The Upkeep of ports.py, on a pool with the engine's settings."""

    def __init__(self, engine: Pool, nudges: Nudges) -> None:
        self._engine = engine
        self._nudges = nudges

    async def promote(self, limit: int) -> int:
        """Give a place to jobs whose time has come. Returns how many."""
        async with database(), self._engine.acquire() as connection:
            rows = await connection.fetch(query("promote"), limit)
        self._nudges.changed(JobChanged(row["owner_id"], row["id"], EventType.PENDING) for row in rows)
        self._nudges.work(Claimable(row["lane"], row["priority"], row["place"]) for row in rows)
        return len(rows)

    async def next_due_seconds(self) -> float | None:
        """How long until the next job's time comes (negative: it has), or None where none waits for its time."""
        async with database(), self._engine.acquire() as connection:
            return await connection.fetchval(query("next_due"))

    async def rescue(self, lease_seconds: float, *, everything: bool) -> list[str]:
        """Take back the jobs of workers that missed their lease. Returns the kind of each.

        With `everything`, or where a worker has just expired, all of live_jobs is read for jobs of workers that ended
        before (a claim that a dying worker committed late); else only the workers are looked at.
        """
        async with database(), self._engine.acquire() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", RESCUE_LOCK):
                return []
            expired = await connection.fetch(query("expire"), lease_seconds)
            expired += await connection.fetch(query("expire_leases"))
            if not expired and not everything:
                return []
            await connection.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on")
            filed = await connection.fetch(query("rescue_file"))
            released = await connection.fetch(query("rescue_release"))
            await connection.execute(query("drop_leases"))
        self._nudges.changed(JobChanged(row["owner_id"], row["id"], EventType.PENDING) for row in released)
        self._nudges.work(Claimable(row["lane"], row["priority"], row["place"]) for row in released)
        if filed:
            self._nudges.finished({row["owner_id"] for row in filed})
        return [row["kind"] for row in [*filed, *released]]

    async def make_partitions(self) -> None:
        """Day partitions of history from yesterday to a week ahead."""
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("partitions"))
