"""SQLAlchemy's engine for accounts, on asyncpg's own connections."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from jobyard.postgres.connections import open_connection
from jobyard.postgres.pooler import AT_START, Pooler

ACCOUNT_SETTINGS = {"application_name": "jobyard-accounts", "jit": "off", "statement_timeout": "10s"}
POOL_SIZE = 5
POOL_WAIT_SECONDS = 5.0


def create_engine(
    url: str, *, size: int = POOL_SIZE, settings: dict[str, str] | None = None, pooler: Pooler = Pooler.NONE
) -> AsyncEngine:
    """An engine whose connections are asyncpg's own, so that a URL means the same here as in the job engine's pools.

    It connects when it is used; it can be made while the database is away. Its errors do not tell a statement's
    values, which are emails and hashes of passwords and tokens: errors are logged.
    """
    given = ACCOUNT_SETTINGS if settings is None else settings

    async def connect() -> Any:
        return await open_connection(url, given, pooler)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": connect, **(_WITHOUT_NAMES if pooler is Pooler.TRANSACTION else {})},
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    if pooler is Pooler.TRANSACTION:
        _set_in_each_transaction(engine, {name: given[name] for name in given if name not in AT_START})
    return engine


# SQLAlchemy prepares each statement by a name, and keeps it: the next transaction may meet a session that knows none.
_WITHOUT_NAMES: dict[str, Any] = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}


def _set_in_each_transaction(engine: AsyncEngine, settings: dict[str, str]) -> None:
    if not settings:
        return
    sql = "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())

    def set_them(connection: Connection) -> None:
        connection.exec_driver_sql(sql)

    event.listen(engine.sync_engine, "begin", set_them)
