"""The finished log as the live socket reads it: by finish_xid from a cursor on, gap-free whatever the commit order.

A cursor is the oldest transaction that was still open when it was given: whatever had committed by then has a smaller
number or was already visible, whatever commits later is read from there. Some outcomes come twice, none is missed.
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
        return Cursor(system=row["system"], xmin=row["xmin"], at=row["at"])

    async def since(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        """Outcomes of these owners (None: of all) from `cursor` on, by (finish_xid, id), above `after`."""
        xid, job_id = after or (cursor.xmin, records.NIL)
        place = (cursor.xmin, cursor.at - LONGEST_TRANSACTION, limit, xid, job_id)
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
