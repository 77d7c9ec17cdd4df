"""Whoever is disabled has no job in line. Done bit by bit, and again: a job comes into line in more ways than one.

Promotion holds a job instead of giving it a place. What a stop or a loss brings back, and what was submitted in the
seconds until every process knows, is held by the next look: for two minutes every other second, then once a minute.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from jobyard.ports import Claimable, Nudges
from jobyard.postgres import records
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.queries import query

BATCH = 1_000
FIRST_PARTS = 10
"""What an administrator waits for: some thousand jobs; the leader does the rest."""

SOON_SECONDS, LATER_SECONDS = 2.0, 60.0


class PostgresHeldJobs:
    """The HeldJobs of ports/, on a pool with the engine's settings."""

    def __init__(
        self,
        engine: Pool,
        nudges: Nudges,
        *,
        batch: int = BATCH,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._nudges = nudges
        self._batch = batch
        self._monotonic = monotonic
        self._reached: dict[int, UUID] = {}
        self._next_look: dict[int, float] = {}

    async def begin(self, owner: int) -> None:
        """The first parts, at once."""
        async with database(), self._engine.acquire() as connection:
            for statement in ("hold", "unhold"):  # one of the two finds that it is not for this owner
                before = records.GREATEST
                for _ in range(FIRST_PARTS):
                    rows = await self._part(connection, statement, owner, before)
                    if len(rows) < self._batch:
                        break
                    before = rows[-1]["id"]

    async def step(self) -> bool:
        """A part for the first owner whose turn it is."""
        async with database(), self._engine.acquire() as connection:
            owners = await connection.fetch(query("held_users"))
            known = {row["key"] for row in owners}
            for gone in self._next_look.keys() - known:
                del self._next_look[gone]
                self._reached.pop(gone, None)
            for row in owners:
                if self._next_look.get(row["key"], 0.0) <= self._monotonic():
                    return await self._look(connection, row["key"], disabled=row["disabled"], recent=row["recent"])
        return False

    async def _look(self, connection: Connection, owner: int, *, disabled: bool, recent: bool) -> bool:
        before = self._reached.get(owner, records.GREATEST)
        rows = await self._part(connection, "hold" if disabled else "unhold", owner, before)
        if len(rows) == self._batch:
            self._reached[owner] = rows[-1]["id"]
            return True
        self._reached.pop(owner, None)
        pause = LATER_SECONDS if disabled and not recent else SOON_SECONDS
        self._next_look[owner] = self._monotonic() + pause
        if not disabled:
            await connection.fetchval(query("all_back"), owner)
        return True  # another owner's turn may have come

    async def _part(self, connection: Connection, statement: str, owner: int, before: UUID) -> list[Any]:
        rows = await connection.fetch(query(statement), owner, self._batch, before)
        placed = [row for row in rows if row["place"] is not None]
        self._nudges.work(Claimable(row["lane"], row["priority"], row["place"]) for row in placed)
        return sorted(rows, key=_id, reverse=True)


def _id(row: Any) -> UUID:
    return row["id"]
