"""All that is kept of a user, as one JSON document, page by page: no connection is held while a client reads."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import asyncpg

from jobyard.domain.user import Viewer
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.departures import OWNER_COLUMNS
from jobyard.postgres.queries import query

ROWS = 500
BLOCKS = 1_000
"""Where no index leads to a user's rows, 8 MB of a table are read at a time."""

INSIDE = ("key", "owner_id", "user_key", "actor_key", "lane", "worker_id", "limit_key", "finish_xid", "place", "wait")
"""Columns that say nothing to a user: numbers and codes of the inside."""

STATE = "jsonb_build_object('state', state_name({}), 'priority', ('{{high,medium,low}}'::text[])[priority + 1])"


@dataclass(frozen=True, slots=True)
class Section:
    """A list in the document: the rows of a table, in the order of columns that no two rows share.

    `omit`: columns left out beside `INSIDE`, hashes above all. `more`: SQL for an object that is added to each.
    """

    name: str
    table: str
    order: tuple[str, ...]
    omit: tuple[str, ...] = ()
    more: str = "'{}'::jsonb"


SECTIONS = (
    Section("user", "users", ("key",), ("password_hash", "email_folded", "held_at", "deleted_at", "weight")),
    Section("sessions", "sessions", ("id",), ("token_hash", "previous_hash")),
    Section("api_keys", "api_keys", ("id",), ("hash",)),
    Section("audit", "audit", ("id",)),
    Section("jobs", "live_jobs", ("id",), ("notify", "notify_bad"), STATE.format("live_state(worker_id, place, wait)")),
    Section("jobs", "finished_jobs", ("id",), ("notify", "notify_bad"), STATE.format("state")),
    Section("job_events", "job_events", ("id",)),
    Section("job_logs", "job_logs", ("job_id", "run", "number")),
    Section("batches", "batches", ("id",)),
    Section("operations", "operations", ("id",)),
    Section("notifications", "notifications", ("at", "job_id"), (), "jsonb_build_object('state', state_name(state))"),
    Section("notification_settings", "inboxes", ("user_key",)),
    Section("statistics", "job_stats", ("minute", "kind")),
)

NOT_EXPORTED = {
    "account_tokens": "hashes of links that were sent to the user, for a day at most",
    "followed": "which jobs others wait for: each job says by itself what it waits for",
    "idempotency_keys": "hashes and answers of the last day: the jobs that they answered with are there",
    "lanes": "names of queues: each job has its own",
    "watchers": "that a page is open, for some seconds",
}
"""Tables that name an owner and are not in the document, and why."""


class PostgresAccountData:
    """The AccountData of ports/, on a pool with the readers' settings."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers

    async def document(self, viewer: Viewer) -> AsyncGenerator[bytes]:
        """The document, in pieces."""
        async with database(), self._readers.acquire() as connection:
            tables = await connection.fetch(query("owned_tables"), [*OWNER_COLUMNS])
            users = {"name": "users", "root": "users", "owner": "key", "indexed": True, "blocks": 0}
        tables = [users, *tables]
        last, first = None, True
        for section in SECTIONS:
            if section.name != last:
                yield (b"{" if last is None else b"\n],\n") + f'"{section.name}": ['.encode()
                last, first = section.name, True
            for table in (table for table in tables if table["root"] == section.table):
                async for lines in self._lines(section, table, viewer.key):
                    yield (b"" if first else b",") + b",".join(b"\n" + line for line in lines)
                    first = False
        yield b"\n]}\n"

    async def _lines(self, section: Section, table: Any, owner: int) -> AsyncGenerator[list[bytes]]:
        pages = self._pages if table["indexed"] else self._blocks
        try:
            async for rows in pages(section, table, owner):
                if rows:
                    yield [row["line"].encode() for row in rows]
        except asyncpg.UndefinedTableError:  # a day whose retention is over
            return

    async def _pages(self, section: Section, table: Any, owner: int) -> AsyncGenerator[Any]:
        order = ", ".join(section.order)
        places = ", ".join(f"${number}" for number in range(3, 3 + len(section.order)))
        after: list[Any] = []
        while True:
            beyond = f"AND ({order}) > ({places})" if after else ""
            where = f"{beyond} ORDER BY {order} LIMIT {ROWS}"
            rows = await self._fetch(section, table, where, owner, *after)
            yield rows
            if len(rows) < ROWS:
                return
            after = [rows[-1][column] for column in section.order]

    async def _blocks(self, section: Section, table: Any, owner: int) -> AsyncGenerator[Any]:
        for block in range(0, table["blocks"], BLOCKS):
            where = "AND ctid >= $3::tid AND ctid < $4::tid"
            yield await self._fetch(section, table, where, owner, (block, 0), (block + BLOCKS, 0))

    async def _fetch(self, section: Section, table: Any, where: str, *arguments: Any) -> Any:
        # Every name is a constant of ours or comes from the catalogue, quoted by it.
        statement = (
            f"SELECT ((to_jsonb(r) - $2::text[]) || {section.more})::text AS line, {', '.join(section.order)} "  # noqa: S608
            f"FROM {table['name']} r WHERE {table['owner']} = $1 {where}"
        )
        owner, *others = arguments
        async with database(), self._readers.acquire() as connection:
            return await connection.fetch(statement, owner, [*INSIDE, *section.omit], *others)
