"""Days of history whose retention is over are dropped, beside those who read history and those who file into it.

DROP of a partition locks its table against everybody: while it waits for one long reader (a pg_dump, a slow page), each
finish waits behind it. So a day is detached first, which waits beside them, and what is dropped is a table by itself.
DETACH ... CONCURRENTLY is no part of a transaction, and needs a session of its own.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import asyncpg
import structlog

from jobyard.postgres.connections import CLOSE_SECONDS, Connection, Pool, connect, database
from jobyard.postgres.queries import query

log = structlog.get_logger()

WAIT_SECONDS = 15.0
"""Longer than any page reads. A day that waits for longer is left half detached: no new statement sees it, and the next
time ends it.
"""

LOCK_SECONDS = 0.1
"""Where a pooler leaves us no session: all that finishes waits with us for so long."""

OVER = "its retention is over"


class OldDays:
    """Drops them. `url` is an address with a session of its own; empty: there is none."""

    def __init__(self, engine: Pool, url: str) -> None:
        self._engine = engine
        self._url = url
        self._drop = _drop_beside if url else _drop_at_once

    async def drop(self, kept_days: Mapping[str, int]) -> list[str]:
        """Drop the days of these tables that are older. One that is in use is left for the next time."""
        dropped: list[str] = []
        async with database(), self._session() as connection:
            for parent, kept in kept_days.items():
                for day in await connection.fetch(query("old_days"), parent, kept, OVER):
                    try:
                        await self._drop(connection, parent, day)
                    except (asyncpg.LockNotAvailableError, TimeoutError):
                        log.warning("a day of history is in use and is dropped later", partition=day["name"])
                        break  # who reads the table would be waited for again
                    dropped.append(day["name"])
        return dropped

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[Connection]:
        if not self._url:
            async with self._engine.acquire() as connection:
                yield connection
            return
        connection = await connect(self._url, {"application_name": "jobyard-upkeep"})
        try:
            yield connection
        finally:
            await connection.close(timeout=CLOSE_SECONDS)


async def _drop_beside(connection: Connection, parent: str, day: asyncpg.Record) -> None:
    name = day["name"]
    if day["half"]:
        await connection.execute(f"ALTER TABLE {parent} DETACH PARTITION {name} FINALIZE", timeout=WAIT_SECONDS)
    elif day["attached"]:
        await connection.execute(f"COMMENT ON TABLE {name} IS '{OVER}'")
        await connection.execute(f"ALTER TABLE {parent} DETACH PARTITION {name} CONCURRENTLY", timeout=WAIT_SECONDS)
    await connection.execute(f"DROP TABLE {name}", timeout=WAIT_SECONDS)


async def _drop_at_once(connection: Connection, _: str, day: asyncpg.Record) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        await connection.execute(f"DROP TABLE {day['name']}")
