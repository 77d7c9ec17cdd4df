"""Connections of two sorts: the engine's, whose plans are pinned, and the readers', for pages and look-ups."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeAlias

import asyncpg

from jobyard.domain.errors import Unavailable

Connection: TypeAlias = Any
"""An asyncpg connection, plain or from a pool: asyncpg's own types do not name the two together."""

COMMAND_TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 10.0
ACQUIRE_SECONDS = 10.0
CLOSE_SECONDS = 5.0

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


async def prepare(connection: Connection) -> None:
    """Make jsonb travel as JSON text in bytes: the payload goes from the socket to the handler's type unread."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


def _encode_jsonb(text: bytes) -> bytes:
    return b"\x01" + text  # the version of jsonb's wire format


def _decode_jsonb(data: bytes) -> bytes:
    return bytes(data[1:])


class Pool:
    """Up to `size` connections, opened when they are needed. Use it within `async with`: it may be made without a loop.

    It opens without a database: the first use fails instead, so that a process can wait for one to come up.
    """

    def __init__(self, url: str, settings: dict[str, str], size: int) -> None:
        self._url = url
        self._settings = settings
        self._size = size
        self._pool: asyncpg.Pool[Any] | None = None

    async def __aenter__(self) -> Self:
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._size,
            init=prepare,
            server_settings=self._settings,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            timeout=CONNECT_TIMEOUT_SECONDS,
            max_inactive_connection_lifetime=300,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

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
        """A connection for the block. Raises TimeoutError where none is free for 10 s."""
        if self._pool is None:
            raise asyncpg.InterfaceError("the pool is not open")
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            yield connection


async def connect(url: str, settings: dict[str, str]) -> Connection:
    """One connection of its own. Raises what `AWAY` names where there is no database."""
    connection = await asyncpg.connect(
        url, server_settings=settings, command_timeout=COMMAND_TIMEOUT_SECONDS, timeout=CONNECT_TIMEOUT_SECONDS
    )
    await prepare(connection)
    return connection


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
