"""The audit trail is kept for so many days."""

import time
from collections.abc import Callable

from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

BATCH = 1_000
EVERY_SECONDS = 3600.0


class PostgresAuditRetention:
    """A chore of the worker that leads, on a pool with the engine's settings."""

    def __init__(
        self, engine: Pool, days: int, *, batch: int = BATCH, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._days = days
        self._batch = batch
        self._monotonic = monotonic
        self._next_look = float("-inf")

    async def step(self) -> bool:
        """Take a part of what is too old away, once an hour; whether there may be more."""
        if self._monotonic() < self._next_look:
            return False
        async with database(), self._engine.acquire() as connection:
            gone = await connection.fetch(query("old_audit"), self._days, self._batch)
        if len(gone) < self._batch:
            self._next_look = self._monotonic() + EVERY_SECONDS
        return len(gone) == self._batch
