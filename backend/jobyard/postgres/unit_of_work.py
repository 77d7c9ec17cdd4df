"""One transaction on accounts, committed by name before the answer goes out; and the engine beneath it."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from jobyard.domain.errors import Unavailable
from jobyard.postgres.audit_repository import PostgresAuditTrail
from jobyard.postgres.connections import AWAY, COMMAND_TIMEOUT_SECONDS, CONNECT_TIMEOUT_SECONDS
from jobyard.postgres.user_repository import PostgresSessions, PostgresThrottles, PostgresUsers

ACCOUNT_SETTINGS = {"application_name": "jobyard-accounts", "jit": "off", "statement_timeout": "10s"}
POOL_SIZE = 5
POOL_WAIT_SECONDS = 5.0


def create_engine(url: str, *, size: int = POOL_SIZE, settings: dict[str, str] | None = None) -> AsyncEngine:
    """An engine whose connections are asyncpg's own, so that a URL means the same here as in the job engine's pools.

    It connects when it is used; it can be made while the database is away. Its errors do not tell a statement's
    values, which are emails and hashes of passwords and tokens: errors are logged.
    """

    async def connect() -> Any:
        return await asyncpg.connect(
            url,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            server_settings=ACCOUNT_SETTINGS if settings is None else settings,
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def is_outage(error: BaseException) -> bool:
    """Whether an exception of asyncpg or SQLAlchemy means that the database is away, starting or stopping."""
    if isinstance(error, DBAPIError):
        beneath = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or (beneath is not None and isinstance(beneath, AWAY))
    return isinstance(error, (*AWAY, PoolTimeoutError))


class PostgresAccountWork:
    """What is done in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.users = PostgresUsers(session)
        self.sessions = PostgresSessions(session)
        self.throttles = PostgresThrottles(session)
        self.audit = PostgresAuditTrail(session)

    async def commit(self) -> None:
        """Make it durable. A commit that fails raises: nobody is told that it was stored."""
        await self._session.commit()


class PostgresAccountUnit:
    """Begins transactions on accounts: `async with unit() as work: …; await work.commit()`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __call__(self) -> AbstractAsyncContextManager[PostgresAccountWork]:
        return self._begin()

    @asynccontextmanager
    async def _begin(self) -> AsyncGenerator[PostgresAccountWork]:
        try:
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield PostgresAccountWork(session)
        except Exception as error:
            if is_outage(error):
                raise Unavailable("The database cannot be reached now; try again in a moment.") from error
            raise
