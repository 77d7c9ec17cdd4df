"""Counts and times of jobs: read for a viewer, and kept by the leader."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from jobyard.domain.statistics import Statistics as Tallies
from jobyard.domain.statistics import Tally, row_widths
from jobyard.domain.user import Viewer
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

EVERYBODY = 0
"""The owner_id under which everybody's jobs are counted together."""

ID_EARLIER_SECONDS = 60.0
ID_LATER_SECONDS = 10.0
"""By how much the clock of a server may be behind and ahead of the database's, so that its submits are counted."""

COUNT_EVERY_SECONDS = 60.0
COUNT_AT_ONCE_SECONDS = 300.0
UNCOUNTED_SECONDS = 5.0
MERGE_EVERY_SECONDS = 600.0
MERGE_ROWS = 5_000
FRESH_ROWS = 100_000

READ_MUCH = "SET LOCAL enable_bitmapscan = on; SET LOCAL plan_cache_mode = force_custom_plan"


class PostgresStatistics:
    """The Statistics of ports/, on a pool of readers."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers

    async def tallies(self, viewer: Viewer, window_seconds: int, bucket_seconds: int, *, everyone: bool) -> Tallies:
        """The viewer's jobs of the last so many seconds; `everyone`, for administrators, those of all."""
        owner = EVERYBODY if everyone else viewer.key
        width = float(bucket_seconds)
        async with database(), self._readers.acquire() as connection:
            counted = await connection.fetch(query("stats_counts"), owner, width, float(window_seconds))
            begin, end, since = (counted[0][name] for name in ("begin", "ends", "fresh_since"))
            timed = await connection.fetch(query("stats_times"), owner, begin, width)
            fresh = await connection.fetch(
                query("stats_fresh", everyone=everyone),
                None if everyone else owner,
                since,
                width,
                FRESH_ROWS,
                ID_EARLIER_SECONDS,
            )
        by_bucket: dict[datetime, dict[str, Tally]] = {}
        _count(by_bucket, [row for row in counted if row["kind"] is not None])
        _time(by_bucket, timed)
        for row in fresh:
            _tally(by_bucket, row).submitted += row["submitted"]
        return Tallies(begin, end, bucket_seconds, by_bucket)


class StatisticsUpkeep:
    """What the leader does for them beside the roll-up, on a pool with the engine's settings: a chore."""

    def __init__(self, engine: Pool, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._count_at = self._merge_at = float("-inf")

    async def carry_on(self) -> bool:
        """Count submits each minute, merge rows each ten. Whether there is more to do at once."""
        now = self._monotonic()
        if now >= self._count_at:
            if await self.count_submitted():
                return True
            self._count_at = now + COUNT_EVERY_SECONDS
        if now >= self._merge_at:
            if await self.merge():
                return True
            self._merge_at = now + MERGE_EVERY_SECONDS
        return False

    async def count_submitted(self, uncounted_seconds: float = UNCOUNTED_SECONDS) -> bool:
        """Count submits since the last time, five minutes of them at most. Whether there are more."""
        async with database(), self._engine.acquire() as connection, connection.transaction():
            await connection.execute(READ_MUCH)
            row = await connection.fetchrow(
                query("count_submitted"),
                ID_EARLIER_SECONDS,
                ID_LATER_SECONDS,
                COUNT_AT_ONCE_SECONDS,
                uncounted_seconds,
            )
        return row["more"]

    async def merge(self, rows: int = MERGE_ROWS) -> bool:
        """Make some rows as wide as their age allows. Whether there were any."""
        any_merged = False
        for seconds, age in row_widths():
            async with database(), self._engine.acquire() as connection, connection.transaction():
                await connection.execute(READ_MUCH)
                any_merged |= await connection.fetchval(query("merge_stats"), rows, seconds, age)
        return any_merged


def _tally(by_bucket: dict[datetime, dict[str, Tally]], row: Mapping[str, Any]) -> Tally:
    kinds, kind = by_bucket.setdefault(row["start"], {}), row["kind"]
    tally = kinds.get(kind)
    if tally is None:  # not by setdefault: it would make one a row, 400 in vain
        tally = kinds[kind] = Tally()
    return tally


def _count(by_bucket: dict[datetime, dict[str, Tally]], rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        tally = _tally(by_bucket, row)
        tally.submitted, tally.completed = row["submitted"], row["completed"]
        tally.failed, tally.cancelled = row["failed"], row["cancelled"]


def _time(by_bucket: dict[datetime, dict[str, Tally]], rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        tally, step = _tally(by_bucket, row), row["step"]
        if row["waits"]:
            tally.waits[step] = row["waits"]
        if row["runs"]:
            tally.runs[step] = row["runs"]
