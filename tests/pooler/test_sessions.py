"""What a session keeps: in transaction mode nothing, in session mode the settings; and who forgot to name a pooler."""

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO

import asyncpg
import pytest

from jobyard.domain.errors import Unavailable
from jobyard.postgres.account_engine import create_engine
from jobyard.postgres.connections import ENGINE_SETTINGS, READER_SETTINGS, Pool, database
from jobyard.postgres.pooler import AT_START, Pooler, PoolerError
from jobyard.postgres.unit_of_work import is_outage
from tests.docs.pages import ROOT
from tests.pooler.pgbouncer import PgBouncer

NAMES = [name for name in ENGINE_SETTINGS if name not in AT_START]
VALUES = [ENGINE_SETTINGS[name] for name in NAMES]
CURRENT = "SELECT array_agg(current_setting(n) ORDER BY o) FROM unnest($1::text[]) WITH ORDINALITY s (n, o)"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """One session, as a pooler in transaction mode would give it to many."""
    async with Pool(database_url, ENGINE_SETTINGS, 1, Pooler.TRANSACTION) as opened:
        yield opened


async def test_a_statement_has_the_settings_and_leaves_none(pool: Pool) -> None:
    async with pool.acquire() as connection:
        before = await connection._connection.fetchval(CURRENT, NAMES)
        assert await connection.fetchval(CURRENT, NAMES) == VALUES
        assert (await connection.fetchrow(CURRENT, NAMES))[0] == VALUES
        assert (await connection.fetch(CURRENT, NAMES))[0][0] == VALUES
        async with connection.transaction():
            assert await connection.fetchval(CURRENT, NAMES) == VALUES
            async with connection.transaction():
                assert await connection.fetchval(CURRENT, NAMES) == VALUES
        assert await connection._connection.fetchval(CURRENT, NAMES) == before
        assert before != VALUES
        assert await connection._connection.fetchval("SELECT count(*) FROM pg_prepared_statements") == 0


async def test_what_fails_is_undone_and_what_is_around_it_is_not(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("CREATE TABLE things (thing int)")

        async def insert_and_fail(thing: int) -> None:
            async with connection.transaction():
                await connection.execute("INSERT INTO things VALUES ($1)", thing)
                await connection.execute("INSERT INTO nothing VALUES (1)")

        async with connection.transaction():
            await connection.execute("INSERT INTO things VALUES (1)")
            with pytest.raises(asyncpg.UndefinedTableError):
                await insert_and_fail(2)
            await connection.copy_to_table("things", source=BytesIO(b"3\n"), columns=["thing"])
        with pytest.raises(asyncpg.UndefinedTableError):
            await insert_and_fail(4)
        assert await connection.fetchval("SELECT array_agg(thing ORDER BY thing) FROM things") == [1, 3]


async def test_a_commit_that_did_not_commit_is_told(pool: Pool) -> None:
    async with pool.acquire() as connection:

        async def swallow() -> None:
            async with connection.transaction():
                with pytest.raises(asyncpg.UndefinedTableError):
                    await connection.execute("SELECT * FROM nothing")

        with pytest.raises(asyncpg.InterfaceError, match="was not committed"):
            await swallow()
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_statement_that_is_given_up_leaves_no_open_transaction(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await connection.execute("SELECT pg_sleep(60)")
    async with pool.acquire() as connection:
        assert not connection._connection.is_in_transaction()
        assert await connection.fetchval("SELECT 1") == 1


async def test_accounts_set_and_leave_nothing_either(database_url: str) -> None:
    engine = create_engine(database_url, size=1, pooler=Pooler.TRANSACTION)
    try:
        async with engine.connect() as connection:
            assert (await connection.exec_driver_sql("SHOW statement_timeout")).scalar() == "10s"
            left = await connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
            assert left.scalar() == 0
            await connection.rollback()
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            assert await raw.fetchval("SELECT current_setting('statement_timeout')") == "0"
    finally:
        await engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("ignored", [", ".join(["", *NAMES]), ", enable_seqscan"])
async def test_a_pooler_that_nobody_named_is_told(database_url: str, mode: Pooler, ignored: str) -> None:
    """Whether it refuses the settings, or was made to ignore them."""
    with PgBouncer(database_url, mode, ignore_startup_parameters=f"extra_float_digits{ignored}") as pgbouncer:
        async with Pool(pgbouncer.url, ENGINE_SETTINGS, 1) as pool:
            with pytest.raises(Unavailable) as raised:
                async with database(), pool.acquire():
                    pass
            assert isinstance(raised.value.__cause__, PoolerError)
            assert "JOBYARD_DATABASE_POOLER" in str(raised.value.__cause__)
        engine = create_engine(pgbouncer.url)
        with pytest.raises(Exception, match="JOBYARD_DATABASE_POOLER") as refused:
            async with engine.connect():
                pass
        assert is_outage(refused.value)
        await engine.dispose()


@pytest.mark.slow
async def test_a_session_keeps_its_settings_between_two_uses(database_url: str) -> None:
    with PgBouncer(database_url, Pooler.SESSION) as pgbouncer:
        for settings in (ENGINE_SETTINGS, READER_SETTINGS):
            names = [name for name in settings if name not in AT_START]
            async with Pool(pgbouncer.url, settings, 1, Pooler.SESSION) as pool:
                for _ in range(2):
                    async with pool.acquire() as connection:
                        assert await connection.fetchval(CURRENT, names) == [settings[name] for name in names]
                        assert await connection.fetchval("SHOW application_name") == settings["application_name"]


LEAVES = re.compile(
    r"\b(pg_advisory_lock|pg_try_advisory_lock|pg_advisory_lock_shared|WITH HOLD|TEMP TABLE|TEMPORARY TABLE|PREPARE)\b"
    r"|\bSET (SESSION )?(\w+_timeout|enable_\w+|jit|plan_cache_mode|synchronous_commit|search_path|\w*work_mem|role)\b"
)
"""What would stay in a session, or be missed by the next transaction."""


def test_no_statement_leaves_something_in_its_session() -> None:
    assert LEAVES.search("SET lock_timeout = '2s'")
    folder = ROOT / "backend" / "jobyard"
    for path in [*folder.rglob("*.sql"), *folder.rglob("*.py")]:
        found = LEAVES.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"
