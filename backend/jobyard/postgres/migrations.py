"""Bring a database to this release, and tell whether it is."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
from advanced_alchemy.alembic.commands import AlembicCommands
from advanced_alchemy.config.asyncio import AlembicAsyncConfig, SQLAlchemyAsyncConfig
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from jobyard.postgres.account_engine import create_engine
from jobyard.postgres.connections import AWAY

REQUIRED = "0013_steady"
"""The migration that this release cannot do without. Names begin with a number that grows."""

FOLDER = Path(__file__).parents[3] / "migrations"
VERSION_TABLE = "alembic_versions"
WAIT_SECONDS = 30.0
RETRY_SECONDS = 0.25
TELL_SECONDS = 5.0

UNREACHABLE = (*AWAY, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
"""What a try to connect raises where the database is away, or the address is wrong."""

Waiting = Callable[[str], None]
"""Is told once, after 5 s, why it still waits."""


class NotMigrated(Exception):
    """The database is older than this release."""


def upgrade(
    url: str, revision: str = "head", *, wait_seconds: float = WAIT_SECONDS, waiting: Waiting | None = None
) -> None:
    """Migrate up. Waits for a database that is starting; migrators of several processes take turns.

    Not to be called where an event loop runs: Alembic starts one.
    """
    asyncio.run(wait_for_database(url, wait_seconds, waiting))
    _commands(url).upgrade(revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate down to a revision, or to `base`: before the first. Data of what is dropped is lost."""
    _commands(url).downgrade(revision)


async def wait_for_database(url: str, wait_seconds: float, waiting: Waiting | None = None) -> None:
    """Return when the database takes connections. Raises what the last try raised, once the time is over."""
    deadline, why = time.monotonic() + wait_seconds, "it does not answer"

    def tell() -> None:
        if waiting is not None:
            waiting(why)

    telling = asyncio.get_running_loop().call_later(TELL_SECONDS, tell)
    try:
        while True:
            try:
                connection = await asyncpg.connect(url, timeout=max(1.0, deadline - time.monotonic()))
            except AWAY as error:
                if time.monotonic() >= deadline or isinstance(error, asyncpg.exceptions.ClientConfigurationError):
                    raise  # a wrong address gets no better by waiting
                why = str(error) or type(error).__name__
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await connection.close(timeout=5)
                return
    finally:
        telling.cancel()


async def check_migrations(engine: AsyncEngine) -> None:
    """Raise NotMigrated where the database lacks a migration that this release needs. A newer one is fine."""
    try:
        async with engine.connect() as connection:
            rows = await connection.execute(text("SELECT version_num FROM alembic_versions"))
            versions = [str(version) for version in rows.scalars()]
    except ProgrammingError as error:  # there is no such table
        raise NotMigrated("the database is empty; run: just migrate") from error
    if not versions or max(map(number_of, versions)) < number_of(REQUIRED):
        found = ", ".join(sorted(versions)) or "nothing"
        raise NotMigrated(f"the database is at {found}, this release needs {REQUIRED}; run: just migrate")


async def check_database(engine: AsyncEngine) -> None:
    """Raise where the database does not answer."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


def number_of(revision: str) -> int:
    """The number that a migration's name begins with: a later one has a larger one. 0: it is none of ours."""
    digits = revision.partition("_")[0]
    return int(digits) if digits.isdigit() else 0


def _commands(url: str) -> AlembicCommands:
    engine = create_engine(url, settings={"application_name": "jobyard-migrate"})
    return AlembicCommands(
        SQLAlchemyAsyncConfig(
            engine_instance=engine,
            alembic_config=AlembicAsyncConfig(script_location=str(FOLDER), version_table_name=VERSION_TABLE),
        )
    )
