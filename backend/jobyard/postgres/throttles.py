"""Throttles: when something happened, within a window that slides. The clock is the database's."""

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from jobyard.postgres.tables import ThrottleRow

SWEEP = 10
"""Each count takes up to this many dead ones away, so that they never pile up and no job is needed for it."""

# Each time is kept, 8 bytes a piece: with windows that begin at the first hit, nearly twice the limit would pass around
# the end of one. What is refused is not kept: who goes on trying is let in when the oldest is over, and not later.
# `hits` = limit + 1 says that it was refused.
# Locks: the key's row until the unit of work ends. Index: pk_throttles.
HIT = text("""
INSERT INTO throttles AS t (key, hits, ends_at, times)
VALUES (:key, 1, now() + make_interval(secs => :window), ARRAY[now()])
ON CONFLICT (key) DO UPDATE SET (hits, ends_at, times) = (
  SELECT least(n, :most) + 1,
         CASE WHEN n < :most THEN excluded.ends_at ELSE t.ends_at END,
         CASE WHEN n < :most THEN recent || now() ELSE recent[n - :most + 1:] END
  FROM (SELECT coalesce(array_agg(at ORDER BY at), '{}') AS recent, count(*)::int AS n
        FROM unnest(t.times) AS at WHERE at > now() - make_interval(secs => :window)) AS kept)
RETURNING hits, extract(epoch FROM times[1] + make_interval(secs => :window) - now())::float8
""")
FORGIVE = text("""
UPDATE throttles SET times = times[1:cardinality(times) - 1], hits = greatest(0, cardinality(times) - 1)
WHERE key = :key
""")


class PostgresThrottles:
    """The port `Throttles`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hit(self, key: bytes, limit: int, window_seconds: float) -> float | None:
        """Count one. Locks the key's row until the unit of work ends: keep that short."""
        await self._sweep()
        given = {"key": key, "most": limit, "window": window_seconds}
        hits, seconds_left = (await self._session.execute(HIT, given)).one()
        return max(0.0, float(seconds_left)) if hits > limit else None

    async def forgive(self, key: bytes) -> None:
        """Take the newest back."""
        await self._session.execute(FORGIVE, {"key": key})

    async def forget(self, key: bytes) -> None:
        """Take all back."""
        await self._session.execute(delete(ThrottleRow).where(ThrottleRow.key == key))

    async def _sweep(self) -> None:
        dead = select(ThrottleRow.key).where(ThrottleRow.ends_at < func.now())
        some = dead.limit(SWEEP).with_for_update(skip_locked=True)
        await self._session.execute(delete(ThrottleRow).where(ThrottleRow.key.in_(some)))
