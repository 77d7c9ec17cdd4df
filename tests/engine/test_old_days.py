"""Days of history go while it is read and written: nobody who finishes a job waits behind their end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from jobyard.ports import Completed, Retention
from jobyard.postgres import old_days
from jobyard.postgres.upkeep import PostgresUpkeep
from tests.engine.conftest import Engine

DAY = datetime.now(UTC).date() - timedelta(days=100)
NAME = f"finished_good_{DAY:%Y%m%d}"
EXISTS = f"SELECT to_regclass('{NAME}') IS NOT NULL"
HALF = "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass($1)"
WAITS = (
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND query LIKE '%DETACH PARTITION%'"
)


@pytest.fixture
async def upkeep(engine: Engine) -> PostgresUpkeep:
    await engine.execute("SELECT make_partitions($1, 1)", DAY)
    return PostgresUpkeep(engine.pool, engine.nudges, engine.url)


@asynccontextmanager
async def reading(engine: Engine) -> AsyncGenerator[Any]:
    """Somebody reads history in a transaction that takes long, as pg_dump does."""
    reader = await asyncpg.connect(engine.url)
    try:
        async with reader.transaction():
            await reader.fetchval("SELECT count(*) FROM finished_good")
            yield reader
    finally:
        await reader.close()


async def finish_without_waiting(engine: Engine, worker: int) -> None:
    """A job ends, where no statement of its session may wait for a lock."""
    await engine.submit()
    job = await engine.claim_one(worker)
    async with engine.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE finished_jobs, finished_good IN ROW EXCLUSIVE MODE NOWAIT")
    assert await engine.queue.complete(worker, [Completed(job, None)])


async def test_nobody_who_finishes_waits_for_it(
    engine: Engine, upkeep: PostgresUpkeep, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_days, "WAIT_SECONDS", 25.0)
    async with reading(engine):
        dropping = asyncio.create_task(upkeep.drop_partitions(Retention()))
        await engine.until(WAITS)
        await finish_without_waiting(engine, first)
        async with reading(engine):  # nor who reads
            assert not dropping.done()
    assert NAME in await dropping
    assert not await engine.fetchval(EXISTS)


async def test_a_day_that_waited_too_long_goes_the_next_time(
    engine: Engine, upkeep: PostgresUpkeep, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays half detached meanwhile; days are made and jobs finish as ever."""
    monkeypatch.setattr(old_days, "WAIT_SECONDS", 0.2)
    async with reading(engine):
        dropped = await upkeep.drop_partitions(Retention())
        assert NAME not in dropped
        assert await engine.fetchval(HALF, NAME)
        assert NAME not in await upkeep.drop_partitions(Retention())
        await finish_without_waiting(engine, first)
        await engine.execute("SELECT make_partitions($1, 1)", DAY - timedelta(days=1))
    monkeypatch.undo()
    assert [name for name in await upkeep.drop_partitions(Retention(completed_days=1000)) if "good" in name] == [NAME]
    assert not await engine.fetchval(EXISTS)


async def test_a_half_detached_day_goes_without_a_session_too(
    engine: Engine, upkeep: PostgresUpkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JOBYARD_DATABASE_DIRECT_URL was taken away meanwhile, or the release before this one leads."""
    monkeypatch.setattr(old_days, "WAIT_SECONDS", 0.2)
    async with reading(engine):
        await upkeep.drop_partitions(Retention())
        assert await engine.fetchval(HALF, NAME)
    assert NAME in await engine.upkeep.drop_partitions(Retention())


async def test_a_day_that_was_detached_and_not_dropped_is_found(engine: Engine, upkeep: PostgresUpkeep) -> None:
    """The process died between the two. One that an operator put aside is none of ours."""
    await engine.execute("SELECT make_partitions($1, 1)", DAY - timedelta(days=1))
    await engine.execute(f"ALTER TABLE finished_good DETACH PARTITION {NAME}")
    aside = f"finished_good_{DAY - timedelta(days=1):%Y%m%d}"
    await engine.execute(f"ALTER TABLE finished_good DETACH PARTITION {aside}")
    await engine.execute(f"COMMENT ON TABLE {NAME} IS '{old_days.OVER}'")
    dropped = await upkeep.drop_partitions(Retention())
    assert NAME in dropped
    assert aside not in dropped
    await engine.execute(f"DROP TABLE {aside}")


async def test_days_go_by_outcome(engine: Engine, upkeep: PostgresUpkeep) -> None:
    dropped = await upkeep.drop_partitions(Retention(completed_days=200, failed_days=90))
    assert NAME not in dropped
    assert f"finished_bad_{DAY:%Y%m%d}" in dropped
    assert NAME in await upkeep.drop_partitions(Retention())
    assert await upkeep.drop_partitions(Retention()) == []
