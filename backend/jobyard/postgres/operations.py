"""Changes of more jobs than a call can wait for: rows that the leader goes on with, a batch in a transaction.

What a batch changed and how far the operation is are committed together: it goes on after a kill -9 where it was, and
counts each job once.
"""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
from uuid_utils.compat import uuid7

from jobyard.domain.errors import TooMany
from jobyard.domain.limits import Limits
from jobyard.domain.operation import BulkVerb, Operation, OperationState
from jobyard.domain.user import Viewer
from jobyard.ports import JobFilter, Nudges
from jobyard.postgres import records
from jobyard.postgres.bulk_changes import CHANGES, Changes
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.job_lists import matching
from jobyard.postgres.queries import query

log = structlog.get_logger()

BATCH = 500
MOST_RUNNING = 20
"""Operations of one user at a time."""

_decode_filter = msgspec.json.Decoder(JobFilter).decode


class PostgresOperations:
    """The Operations of ports/, on a pool with the engine's settings."""

    def __init__(self, engine: Pool, nudges: Nudges, limits: Limits, *, batch: int = BATCH) -> None:
        self._engine = engine
        self._nudges = nudges
        self._limits = limits
        self._batch = batch

    async def start(self, viewer: Viewer, verb: BulkVerb, job_filter: JobFilter) -> Operation:
        """A new one, for the jobs that are there now. Raises TooMany."""
        arguments = [
            UUID(int=uuid7().int), viewer.key, verb, msgspec.json.encode(job_filter), records.actor_json(viewer),
            MOST_RUNNING,
        ]  # fmt: skip
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(query("start_operation"), *arguments)
        if row is None:
            raise TooMany(f"{MOST_RUNNING} operations are under way already, which is the limit for a user", 10)
        return _operation(row)

    async def get(self, viewer: Viewer, operation_id: UUID) -> Operation | None:
        """The viewer's, or None."""
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(query("operation"), operation_id, viewer.key)
        return None if row is None else _operation(row)

    async def cancel(self, viewer: Viewer, operation_id: UUID) -> bool:
        """Stop it after the batch that is under way. False: it has ended, or is not the viewer's."""
        async with database(), self._engine.acquire() as connection:
            return await connection.fetchval(query("cancel_operation"), operation_id, viewer.key) is not None

    async def step(self) -> bool:
        """Go on with the one that has waited longest. False: there is none."""
        operation_id: UUID | None = None
        try:
            async with database(), self._engine.acquire() as connection, connection.transaction():
                row = await connection.fetchrow(query("next_operation"))
                if row is None:
                    return False
                operation_id = row["id"]
                changes = await self._go_on(connection, row)
        except asyncpg.DeadlockDetectedError:  # a worker records these jobs in another order: again
            return True
        except (asyncpg.PostgresError, msgspec.MsgspecError) as error:
            if operation_id is None:
                raise
            log.exception("an operation failed", operation=str(operation_id))
            await self._fail(operation_id, error)
            return True
        changes.tell(self._nudges, row["owner_id"])
        return True

    async def _go_on(self, connection: Connection, row: Any) -> Changes:
        wanted = _decode_filter(row["filter"])
        page = await matching(connection, row["owner_id"], wanted, row["place"], self._batch, self._limits.scanned_rows)
        changes = Changes()
        if page.ids:
            changes = await CHANGES[BulkVerb(row["verb"])](connection, row["owner_id"], row["actor"], page.ids)
        changed = len(changes.ids)
        await connection.execute(
            query("advance_operation"), row["id"], changed, len(page.ids) - changed, page.next_before
        )
        return changes

    async def _fail(self, operation_id: UUID, error: Exception) -> None:
        reason = f"{type(error).__name__}: the server's log tells more"
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("fail_operation"), operation_id, reason)


def _operation(row: Any) -> Operation:
    return Operation(
        id=row["id"],
        verb=BulkVerb(row["verb"]),
        state=OperationState(row["state"]),
        changed=row["changed"],
        skipped=row["skipped"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        error=row["error"],
    )
