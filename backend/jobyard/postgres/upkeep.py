"""What some worker must do for all, now and then. Each statement is safe anywhere, at any time, side by side."""

import asyncpg

from jobyard.domain.events import EventType, JobChanged
from jobyard.ports import Claimable, Nudges, Retention, RolledUp
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.followers import PostgresFollowers
from jobyard.postgres.old_days import OldDays
from jobyard.postgres.queries import query

ROLE = "upkeep"
READ_MUCH = (
    "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_bitmapscan = on;"
    " SET LOCAL plan_cache_mode = force_custom_plan"
)
"""For the few statements that read more than a handful of rows."""

FIRST_SPAN = 1_024
"""Transactions that the first roll-up tries to count at once; from then on twice what was counted the last time."""

RESCUE_LOCK = 0x6A79_0001
"""Advisory lock: one rescue at a time, since each reads all of live_jobs."""


class PostgresUpkeep:
    """The Upkeep of ports/, on a pool with the engine's settings."""

    def __init__(self, engine: Pool, nudges: Nudges, session_url: str = "") -> None:
        self._engine = engine
        self._old_days = OldDays(engine, session_url)
        self._nudges = nudges
        self.followers = PostgresFollowers(engine, nudges)
        self._span = FIRST_SPAN

    async def promote(self, limit: int) -> int:
        """Give a place to jobs whose time has come. Returns how many."""
        async with database(), self._engine.acquire() as connection:
            rows = await connection.fetch(query("promote"), limit)
        self._nudges.changed(JobChanged(row["owner_id"], row["id"], EventType.PENDING) for row in rows)
        placed = [row for row in rows if row["place"] is not None]
        self._nudges.work(Claimable(row["lane"], row["priority"], row["place"]) for row in placed)
        return len(rows)

    async def next_due_seconds(self) -> float | None:
        """How long until the next job's time comes (negative: it has), or None where none waits for its time."""
        async with database(), self._engine.acquire() as connection:
            return await connection.fetchval(query("next_due"))

    async def rescue(self, lease_seconds: float, *, everything: bool) -> list[str]:
        """Take back the jobs of workers that missed their lease. Returns the kind of each.

        With `everything`, or where a worker has just expired, all of live_jobs is read for jobs of workers that ended
        before (a claim that a dying worker committed late); else only the workers are looked at. After an outage nobody
        has missed anything yet.
        """
        async with database(), self._engine.acquire() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", RESCUE_LOCK):
                return []
            expired: list[asyncpg.Record] = []
            if await connection.fetchval(query("steady"), ROLE, lease_seconds):
                expired += await connection.fetch(query("expire"), lease_seconds)
                expired += await connection.fetch(query("expire_leases"))
            if not expired and not everything:
                return []
            await connection.execute(READ_MUCH)
            filed = await connection.fetch(query("rescue_file"))
            released = await connection.fetch(query("rescue_release"))
            if everything:
                released += await connection.fetch(query("rescue_forgotten"), lease_seconds)
            await connection.execute(query("drop_leases"))
        self._nudges.changed(JobChanged(row["owner_id"], row["id"], EventType.PENDING) for row in released)
        placed = [row for row in released if row["place"] is not None]  # the others are held: their owner is disabled
        self._nudges.work(Claimable(row["lane"], row["priority"], row["place"]) for row in placed)
        if filed:
            self._nudges.finished({row["owner_id"] for row in filed})
        return [row["kind"] for row in [*filed, *released]]

    async def lead(self, worker: int, seconds: float, *, away_seconds: float = 10.0) -> bool:
        """Become, or stay, the worker that does this for all. False: another one is."""
        async with database(), self._engine.acquire() as connection:
            return await connection.fetchval(query("lead"), worker, ROLE, seconds, away_seconds) is not None

    async def resign(self, worker: int) -> None:
        """Let another lead at once."""
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("resign"), worker)

    async def roll_up(self, limit: int) -> RolledUp:
        """Count what has finished since the last time into the statistics, each job once: about `limit` at most."""
        async with database(), self._engine.acquire() as connection:
            async with connection.transaction():
                await connection.execute(
                    "SET LOCAL enable_bitmapscan = on; SET LOCAL plan_cache_mode = force_custom_plan"
                )
                row = await connection.fetchrow(query("roll_up"), limit, self._span)
            await connection.execute(query("summarize"))
        if row["more"]:
            self._span = 2 * max(row["transactions"], 1)  # near what fits: each try that does not reads rows in vain
        return RolledUp(row["jobs"], more=row["more"])

    async def make_partitions(self) -> None:
        """Day partitions of history from yesterday to a week ahead."""
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("partitions"))

    async def drop_partitions(self, retention: Retention) -> list[str]:
        """Drop days that are older than their retention. One that is in use is left for the next time."""
        days = {
            "finished_good": retention.completed_days,
            "finished_bad": retention.failed_days,
            "notifications": retention.notification_days,
            "job_events": retention.event_days,
            "job_logs": retention.log_days,
            "idempotency_keys": retention.idempotency_days,
        }
        dropped = await self._old_days.drop(days)
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("old_stats"), retention.stats_days)
            await connection.execute(query("old_operations"), retention.operation_days)
        return dropped
