"""Connections of two sorts: the engine's, whose plans are pinned, and the readers', for pages and look-ups."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import asyncpg

from jobyard.domain.errors import Unavailable
from jobyard.postgres.days import days_made
from jobyard.postgres.pool_use import PoolUse
from jobyard.postgres.pooler import AT_START, Pooler, PoolerError, TransactionConnection, at_start, statements

Connection: TypeAlias = Any
"""An asyncpg connection, plain or from a pool: asyncpg's own types do not name the two together."""

CLOSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection that says nothing is waited for. Seconds."""

    command: float = 30.0
    acquire: float = 10.0
    """For a connection that is free, or made; and for the end of a statement that was given up."""

    @classmethod
    def within(cls, lease_seconds: float) -> Self:
        """For the heartbeat: a network that drops a flow says nothing of it, and the lease goes on running.

        A quarter of it was over before the beat. Two eighths go by for its answer, and for that to its cancel: half
        of the lease is left for beats on new connections.
        """
        seconds = min(max(lease_seconds / 8, 1.0), 10.0)
        return cls(command=seconds, acquire=seconds)


PATIENCE = Patience()

# The same statement ran at 3,000 or 50,000 jobs/s by plan alone: the engine's statements have one good plan each, and
# these settings leave the planner no other. Never run a page's query on such a connection.
ENGINE_SETTINGS = {
    "application_name": "jobyard-engine",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # A process that freezes in a transaction must not keep its locks: the rescue's would stop every other rescue.
    "idle_in_transaction_session_timeout": "2s",
    "synchronous_commit": "on",  # an answer of 201 is a promise, whatever the cluster's default
}
READER_SETTINGS = {"application_name": "jobyard-reader", "jit": "off", "statement_timeout": "10s"}

LOST = "SELECT bool_or(current_setting(n) <> v) FROM unnest($1::text[], $2::text[]) s (n, v)"
"""Whether a pooler has ignored a setting: it would cost nine parts in ten of the speed, and no error."""


async def prepare(connection: Connection) -> None:
    """Make jsonb travel as JSON text in bytes: the payload goes from the socket to the handler's type unread."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


async def _keep(_: Connection) -> None:
    """Nothing to undo when a connection comes back: asyncpg ends a transaction that is open, and we set nothing else.

    Its own reset (advisory locks, LISTEN, every setting) is one more round trip after each statement. Whoever sets
    something outside a transaction must not use a pool.
    """


def _encode_jsonb(text: bytes) -> bytes:
    return b"\x01" + text  # the version of jsonb's wire format


def _decode_jsonb(data: bytes) -> bytes:
    return bytes(data[1:])


class Pool:
    """Up to `size` connections, opened when they are needed. Use it within `async with`: it may be made without a loop.

    It opens without a database: the first use fails instead, so that a process can wait for one to come up.
    """

    def __init__(
        self,
        url: str,
        settings: dict[str, str],
        size: int,
        pooler: Pooler = Pooler.NONE,
        patience: Patience = PATIENCE,
    ) -> None:
        self._url = url
        self._settings = settings
        self._size = size
        self._pooler = pooler
        self._patience = patience
        self._use = PoolUse(settings["application_name"])
        self._pool: asyncpg.Pool[Any] | None = None

    async def __aenter__(self) -> Self:
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._size,
            connect=self._connect,
            init=prepare,
            reset=_keep,
            max_inactive_connection_lifetime=300,
        )
        self._use.opened(self._size)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._use.opened(-self._size)
        await self.close()

    async def _connect(self, dsn: str | None = None, **more: Any) -> Connection:
        return await open_connection(dsn or self._url, self._settings, self._pooler, self._patience, **more)

    async def close(self) -> None:
        """Close every connection; one that is in use for longer than 5 s is cut."""
        if self._pool is not None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._pool.close()
            except TimeoutError:
                self._pool.terminate()

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Connection]:
        """A connection for the block. Raises TimeoutError where none is free in time."""
        if self._pool is None:
            raise asyncpg.InterfaceError("the pool is not open")
        with self._use.asking() as got:
            async with self._pool.acquire(timeout=self._patience.acquire) as pooled:
                got()
                pools = self._pooler is Pooler.TRANSACTION
                connection = TransactionConnection(pooled, self._settings) if pools else pooled
                async with days_made(connection):
                    yield connection


async def connect(url: str, settings: dict[str, str]) -> Connection:
    """One connection of its own. Raises what `AWAY` names where there is no database."""
    connection = await open_connection(url, settings)
    await prepare(connection)
    return connection


async def open_connection(
    url: str,
    settings: dict[str, str],
    pooler: Pooler = Pooler.NONE,
    patience: Patience = PATIENCE,
    **more: Any,
) -> Connection:
    """A bare connection with these settings (through a pooler in transaction mode, its user gives them each time).

    Raises PoolerError where a pooler that nobody named refuses them, or swallows them.
    """
    straight = pooler is Pooler.NONE
    if pooler is Pooler.TRANSACTION:
        more["statement_cache_size"] = 0
    try:
        connection = await asyncpg.connect(
            url,
            server_settings=settings if straight else at_start(settings),
            command_timeout=patience.command,
            timeout=patience.acquire,
            **more,
        )
    except asyncpg.ProtocolViolationError as error:
        if straight and "startup parameter" in str(error):
            raise PoolerError(f"the engine's settings are refused ({error})") from error
        raise
    try:
        await _settle(connection, settings, pooler)
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _settle(connection: Connection, settings: dict[str, str], pooler: Pooler) -> None:
    """Give the session its settings, or see that it has them."""
    rest = {name: value for name, value in settings.items() if name not in AT_START}
    if not rest or pooler is Pooler.TRANSACTION:
        return
    if pooler is Pooler.SESSION:
        await connection.execute(statements(settings, local=False))
    elif await connection.fetchval(LOST, [*rest], [*rest.values()]):
        raise PoolerError("the engine's settings do not reach PostgreSQL")


AWAY: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.TooManyConnectionsError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,  # this process stood still for a while
)
"""What a database that is away, starting or stopping raises."""


@asynccontextmanager
async def database() -> AsyncGenerator[None]:
    """Turn what a missing database raises into Unavailable."""
    try:
        yield
    except asyncpg.exceptions.QueryCanceledError as error:
        raise Unavailable("the database took too long to answer", retry_after_seconds=2) from error
    except AWAY as error:
        raise Unavailable("the database cannot be reached now; try again soon", retry_after_seconds=2) from error


Unsubscribe: TypeAlias = Callable[[], None]
