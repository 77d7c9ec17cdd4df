"""One transaction on accounts, committed by name before the answer goes out."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from jobyard.domain.errors import Unavailable
from jobyard.postgres.account_tokens import PostgresAccountTokens
from jobyard.postgres.api_key_repository import PostgresApiKeys
from jobyard.postgres.audit_repository import PostgresAuditTrail
from jobyard.postgres.connections import AWAY
from jobyard.postgres.session_repository import PostgresSessions
from jobyard.postgres.throttles import PostgresThrottles
from jobyard.postgres.user_admin import PostgresUserAdmin
from jobyard.postgres.user_repository import PostgresUsers


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
        self.tokens = PostgresAccountTokens(session)
        self.audit = PostgresAuditTrail(session)
        self.api_keys = PostgresApiKeys(session)
        self.user_admin = PostgresUserAdmin(session)

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
