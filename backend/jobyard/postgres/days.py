"""A day of history that is not there: made at once, and what was to be filed in it is filed.

Every worker makes the days of a week ahead, at its start and each hour (worker/upkeep.py). One is missing after a week
without any worker, or after a step of the database's clock. There is no default partition (docs/decisions/0001).
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
import structlog

from jobyard.domain.errors import Unavailable
from jobyard.postgres.queries import query

log = structlog.get_logger()

T = TypeVar("T")


class DayMade(Unavailable):
    """A day of history was missing, and is there now: the same once more will do."""


def is_missing_day(error: BaseException) -> bool:
    """Whether a row found no partition: SQLSTATE 23514 as of a CHECK, but without a constraint's name."""
    return isinstance(error, asyncpg.CheckViolationError) and not error.constraint_name


async def make_days(connection: Any) -> None:
    """Make the days from yesterday to a week ahead that are missing."""
    log.warning("a day of history was missing and is made")
    await connection.execute(query("partitions"))


async def filing(connection: Any, file: Callable[[], Awaitable[T]]) -> T:
    """Do what files into history; where the day is missing, make it, and do it once more. Not within a transaction."""
    try:
        return await file()
    except asyncpg.CheckViolationError as error:
        if not is_missing_day(error):
            raise
    await make_days(connection)
    return await file()


@asynccontextmanager
async def days_made(connection: Any) -> AsyncGenerator[None]:
    """Around any use of a connection: a day that was missing is there afterwards, and the caller may try again."""
    try:
        yield
    except asyncpg.CheckViolationError as error:
        if not is_missing_day(error):
            raise
        await make_days(connection)
        raise DayMade("a day of history had to be made first; try again", retry_after_seconds=1) from error
