"""What a user who left has left behind goes in bounded parts, so that a million jobs hold nobody up.

The row of the user, without its name, is the durable note that there is something to do: any worker can go on after a
kill -9, from the beginning, which costs a look at what is gone already.
"""

import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import structlog

from jobyard.domain.user import Role, Viewer
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

log = structlog.get_logger()

OWNER_COLUMNS = ("owner_id", "user_key")
"""By these names tables tell whose a row is. A test knows every table, and asks what a new one holds of a user."""

JOBS = 500
"""Jobs that are cancelled in one statement."""

ROWS = 5_000
BLOCKS = 10_000
"""Where no index leads to a user's rows, 80 MB of a table are read at a time."""

FIRST_ROUNDS = 10
SETTLE_SECONDS = 600.0
"""Other processes may take the user for signed in for 30 s, and submit: then all is gone through once more."""

AGAIN_SECONDS = 60.0
"""After an error, or where a job still runs."""


class CancelJobs(Protocol):
    """What is used of the JobStore."""

    async def cancel(self, viewer: Viewer, job_ids: Sequence[UUID]) -> list[UUID]: ...


class PostgresDepartures:
    """The Departures of ports/, on a pool with the readers' settings."""

    def __init__(self, readers: Pool, jobs: CancelJobs, *, settle_seconds: float = SETTLE_SECONDS) -> None:
        self._readers = readers
        self._jobs = jobs
        self._settle_seconds = settle_seconds
        self._sweeps: dict[int, AsyncGenerator[None]] = {}
        self._not_before: dict[int, float] = {}

    async def begin(self, user_key: int) -> None:
        """Cancel the first thousands."""
        for _ in range(FIRST_ROUNDS):
            if not await self._cancel_some(user_key):
                return

    async def carry_on(self) -> bool:
        """The next part. An error puts its user off for a minute, and not those who left later."""
        now = time.monotonic()
        put_off = [key for key, until in self._not_before.items() if until > now]
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("departed"), put_off, self._settle_seconds)
        if row is None:
            return False
        try:
            again_in = await self._go_on(row["key"], settled=row["settled"])
        except Exception:
            self._put_off(row["key"], AGAIN_SECONDS)
            raise
        if again_in:
            self._put_off(row["key"], again_in)
        return True

    def _put_off(self, user_key: int, seconds: float) -> None:
        now = time.monotonic()
        self._not_before = {key: until for key, until in self._not_before.items() if until > now}
        self._not_before[user_key] = now + seconds
        self._sweeps.pop(user_key, None)

    async def _go_on(self, user_key: int, *, settled: bool) -> float:
        """Does one part. Returns in how many seconds the next is due."""
        sweep = self._sweeps.get(user_key)
        if sweep is None:
            if await self._cancel_some(user_key):
                return 0
            sweep = self._sweeps[user_key] = self._sweep(user_key)
        async for _ in sweep:
            return 0
        del self._sweeps[user_key]
        if settled:
            async with database(), self._readers.acquire() as connection:
                user_id = await connection.fetchval(query("forget_user"), user_key)
            if user_id is not None:
                log.info("nothing is left of a user who left", user_id=str(user_id))
                return 0
        return AGAIN_SECONDS if settled else self._settle_seconds

    async def _cancel_some(self, user_key: int) -> bool:
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("unasked"), user_key, JOBS)
        if rows:
            nobody = UUID(int=0)  # the jobs' queries go by the key
            await self._jobs.cancel(Viewer(user_key, nobody, Role.USER), [row["id"] for row in rows])
        return bool(rows)

    async def _sweep(self, user_key: int) -> AsyncGenerator[None]:
        """Deletes whatever names the user, one bounded part a turn; first what only leads from job to job."""
        while await self._delete(query("forget_follows"), user_key, ROWS) == ROWS:
            yield
        async with database(), self._readers.acquire() as connection:
            tables = await connection.fetch(query("owned_tables"), list(OWNER_COLUMNS))
        for table in tables:
            if table["root"] == "live_jobs":
                continue  # its rows end by verbs alone
            try:
                async for _ in self._empty(table, user_key):
                    yield
            except asyncpg.UndefinedTableError:  # a day whose retention is over
                continue

    async def _empty(self, table: Any, user_key: int) -> AsyncGenerator[None]:
        # Names come from the catalogue, quoted by it.
        name, owner = table["name"], table["owner"]
        if table["indexed"]:
            some = f"SELECT ctid FROM {name} WHERE {owner} = $1 LIMIT {ROWS}"  # noqa: S608
            statement = f"DELETE FROM {name} WHERE ctid = ANY (ARRAY({some}))"  # noqa: S608
            while await self._delete(statement, user_key) == ROWS:
                yield
            return
        statement = f"DELETE FROM {name} WHERE {owner} = $1 AND ctid >= $2::tid AND ctid < $3::tid"  # noqa: S608
        for block in range(0, table["blocks"], BLOCKS):
            await self._delete(statement, user_key, (block, 0), (block + BLOCKS, 0))
            yield

    async def _delete(self, statement: str, *arguments: Any) -> int:
        async with database(), self._readers.acquire() as connection:
            return int((await connection.execute(statement, *arguments)).rpartition(" ")[2])
