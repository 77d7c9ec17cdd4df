"""The PostgreSQL of a run: the product's embedded one, durable, with a folder of its own."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from jobyard.postgres.connections import Connection
from jobyard.postgres.embedded import EmbeddedPostgres

COMMAND_SECONDS = 600.0
GONE_SECONDS = 10.0
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")  # a second


class Database:
    """The server. Names of databases are ours, and plain words."""

    def __init__(self, folder: Path) -> None:
        self._server = EmbeddedPostgres(folder, durable=True)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def url(self, name: str) -> str:
        """Where a database is."""
        return urlunsplit(urlsplit(self._server.url)._replace(path=f"/{name}"))

    @asynccontextmanager
    async def connected(self, name: str = "postgres") -> AsyncGenerator[Connection]:
        """A connection to a database, for the block."""
        connection: Any = await asyncpg.connect(self.url(name), command_timeout=COMMAND_SECONDS)
        try:
            yield connection
        finally:
            connection.terminate()

    async def make(self, name: str, template: str = "template1") -> None:
        """A new database, in place of one that has this name: a copy of `template`, whose sessions are ended."""
        await self.drop(name)
        async with self.connected() as admin:
            if template != "template1":
                await _throw_out(admin, template)
            await admin.execute(f"CREATE DATABASE {_word(name)} TEMPLATE {_word(template)}")
            await admin.execute("CHECKPOINT")

    async def drop(self, name: str) -> None:
        """Drop a database, whoever is using it."""
        async with self.connected() as admin:
            await admin.execute(f"DROP DATABASE IF EXISTS {_word(name)} WITH (FORCE)")

    async def drop_all(self) -> None:
        """Drop what an earlier run has left."""
        async with self.connected() as admin:
            rows = await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'")
        for row in rows:
            await self.drop(row["datname"])

    async def settle(self, name: str) -> None:
        """What a measure must not pay for: statistics of the rows that were loaded, and their pages' way to disk."""
        async with self.connected(name) as connection:
            await connection.execute("VACUUM ANALYZE")
            await connection.execute("CHECKPOINT")

    async def value(self, name: str, sql: str) -> Any:
        """One value of some SQL."""
        async with self.connected(name) as connection:
            return await connection.fetchval(sql)

    def cpu_seconds(self) -> float:
        """Processor time of the server so far: of all its processes, also of those that have ended."""
        process = self._server.process
        if process is None:
            return 0.0
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat.parent.name) == process.pid:
                ticks += sum(map(int, fields[11:15]))  # its own, and its ended children's
            elif int(fields[1]) == process.pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / CLOCK_TICKS


async def _throw_out(admin: Connection, name: str) -> None:
    """End the sessions of a database. They are gone a moment later: wait for that."""
    gone = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1"
    async with asyncio.timeout(GONE_SECONDS):
        while await admin.fetchval(gone, name):
            await asyncio.sleep(0.01)


def _word(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise ValueError(f"a database's name must be a plain word, not {name!r}")
    return name
