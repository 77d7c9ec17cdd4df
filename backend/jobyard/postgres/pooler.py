"""PgBouncer and its like: what may be said at the start of a connection, and what a session keeps, depends on the mode.

In session mode a connection keeps its session: settings are given by SET, since PgBouncer refuses them at the start. In
transaction mode each transaction may meet another session, which others use too: a setting would be lost, or found by
them. So each statement is a transaction of its own that begins with its settings (SET LOCAL): three round trips more,
which a batch of 500 jobs does not feel, and nothing that an operator could forget. Statements are not prepared by name:
PgBouncer knows such names since 1.21 only, and would share their plans between connections with other settings.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import asyncpg


class Pooler(StrEnum):
    """What stands between this process and PostgreSQL."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


class PoolerError(asyncpg.InterfaceError):
    """The connection goes through a pooler that JOBYARD_DATABASE_POOLER does not name."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: there is a pooler between this process and PostgreSQL; set JOBYARD_DATABASE_POOLER to its mode,"
            " session or transaction"
        )


AT_START = ("application_name",)
"""What PgBouncer takes at the start of a connection, and gives to whichever session it uses."""


def at_start(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings that a pooler takes when a client connects."""
    return {name: value for name, value in settings.items() if name in AT_START}


def statements(settings: Mapping[str, str], *, local: bool) -> str:
    """The other settings, as statements. They are constants of ours: nothing is escaped."""
    word = "SET LOCAL" if local else "SET"
    return "; ".join(f"{word} {name} = '{value}'" for name, value in settings.items() if name not in AT_START)


class TransactionConnection:
    """A connection through a pooler in transaction mode. It has what our statements use of asyncpg's."""

    def __init__(self, connection: Any, settings: Mapping[str, str]) -> None:
        self._connection = connection
        self._begin = "; ".join(filter(None, ["BEGIN", statements(settings, local=True)]))
        self._depth = 0

    async def execute(self, sql: str, *arguments: Any) -> str:
        """As asyncpg's: the status of the last command."""
        async with self._alone():
            return await self._connection.execute(sql, *arguments)

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """As asyncpg's: all rows."""
        async with self._alone():
            return await self._connection.fetch(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        """As asyncpg's: the first row, or None."""
        async with self._alone():
            return await self._connection.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """As asyncpg's: the first column of the first row."""
        async with self._alone():
            return await self._connection.fetchval(sql, *arguments)

    async def copy_to_table(self, table: str, **options: Any) -> str:
        """As asyncpg's."""
        async with self._alone():
            return await self._connection.copy_to_table(table, **options)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[None]:
        """As asyncpg's: a transaction, or within one a savepoint. Raises InterfaceError where COMMIT did not commit."""
        begin, commit, rollback = self._words()
        await self._connection.execute(begin)
        self._depth += 1
        try:
            yield
        except BaseException:
            if not self._connection.is_closed():
                await self._connection.execute(rollback)
            raise
        else:
            if await self._connection.execute(commit) == "ROLLBACK":
                raise asyncpg.InterfaceError("the transaction was not committed: a statement in it had failed")
        finally:
            self._depth -= 1

    def _words(self) -> tuple[str, str, str]:
        if not self._depth:
            return self._begin, "COMMIT", "ROLLBACK"
        name = f"s{self._depth}"
        return f"SAVEPOINT {name}", f"RELEASE SAVEPOINT {name}", f"ROLLBACK TO SAVEPOINT {name}"

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """A transaction, unless one is open."""
        if self._depth:
            yield
        else:
            async with self.transaction():
                yield
