"""The finished log as the live socket reads it: by finish_xid from a cursor on, gap-free whatever the commit order.

A cursor is the oldest transaction that was still open when it was given: whatever had committed by then has a smaller
number or was already visible, whatever commits later is read from there. Some outcomes come twice, none is missed.
Whoever also has the transactions that were open then, as the hub does from round to round, is told of each once.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from jobyard.domain.events import OUTCOMES, Cursor, OutcomeRow
from jobyard.domain.job import JobState
from jobyard.postgres import records
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

LONGEST_TRANSACTION = timedelta(hours=1)
"""A transaction that finishes jobs is not open for longer: bounds the days that are read."""


class PostgresOutcomeLog:
    """The OutcomeLog of ports/, on the readers' pool (bitmap scans must be on)."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers

    async def cursor(self) -> Cursor:
        """The place up to which everything is visible now."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("cursor"))
        return Cursor(row["system"], row["xmin"], row["at"], row["xmax"], frozenset(row["open"]))

    async def since(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        """Outcomes of these owners (None: of all) from `cursor` on, by (finish_xid, id), above `after`."""
        return await self._read(owners, (cursor.xmin, []), cursor, limit, after)

    async def unseen(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        """As `since`, but without what was visible when `cursor` was given: however long a transaction is open."""
        return await self._read(owners, (cursor.first_unseen, list(cursor.open)), cursor, limit, after)

    async def _read(
        self,
        owners: Sequence[int] | None,
        whose: tuple[int, list[int]],
        cursor: Cursor,
        limit: int,
        after: tuple[int, UUID] | None,
    ) -> list[OutcomeRow]:
        """Of the transactions from a first one on, and of those named."""
        place = (whose[0], cursor.at - LONGEST_TRANSACTION, limit, *(after or (cursor.xmin, records.NIL)), whose[1])
        async with database(), self._readers.acquire() as connection:
            if owners is None:
                rows = await connection.fetch(query("replay_all"), *place)
            else:
                rows = await connection.fetch(query("replay"), owners, *place)
        return [
            OutcomeRow(
                row["owner_id"],
                row["id"],
                row["run"],
                OUTCOMES[JobState.from_code(row["state"])],
                row["finish_xid"],
                row["told"],
            )
            for row in rows
        ]
