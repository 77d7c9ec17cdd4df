"""An answer is a promise, also where somebody has made commits quicker for the whole database: the engine's wait."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.job import JobError, NewJob
from jobyard.ports import Completed, Failed, Snoozed
from jobyard.postgres.new_rows import COPY_FROM
from jobyard.postgres.pooler import Pooler
from tests.engine.conftest import KINDS, Engine, open_engine
from tests.pooler.pgbouncer import PgBouncer

HASTY = "ALTER DATABASE {} SET synchronous_commit = off"

AT_COMMIT = """
CREATE TABLE commits (what text, waits text);
CREATE FUNCTION note_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO commits VALUES (TG_OP || ' ' || TG_ARGV[0], current_setting('synchronous_commit'));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_live AFTER INSERT OR UPDATE OR DELETE ON live_jobs
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_commit('live');
CREATE CONSTRAINT TRIGGER note_finished AFTER INSERT OR DELETE ON finished_jobs
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_commit('finished')"""
"""Writes down, when a transaction that changed a job commits, whether it waits until that is on the disk."""


@pytest.fixture
async def hasty_url(database_url: str) -> str:
    """A database whose sessions answer before their commits are on the disk, and which notes which did."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(HASTY.format(urlsplit(database_url).path[1:]))
        await connection.execute(AT_COMMIT)
    finally:
        await connection.close()
    return database_url


@pytest.fixture(params=[*Pooler], ids=str)
async def hasty_engine(hasty_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    mode: Pooler = request.param
    with nullcontext() if mode is Pooler.NONE else PgBouncer(hasty_url, mode) as pgbouncer:
        async with open_engine(pgbouncer.url if pgbouncer else hasty_url, mode) as engine:
            yield engine


async def test_whatever_changes_a_job_waits_for_its_commit(hasty_engine: Engine, hasty_url: str) -> None:
    """Straight, and through a pooler in each mode."""
    engine = hasty_engine
    worker = await engine.queue.register("first", KINDS, 10)
    gone = await engine.submit()
    await engine.store.cancel(engine.viewer, [gone])
    await engine.submit(unique_key="once")
    new = [NewJob(UUID(int=uuid7().int), engine.viewer.key, KINDS[0], {"value": n}) for n in range(COPY_FROM + 1)]
    await engine.store.submit(new)
    done, failed, tired, *rest = await engine.claim(worker, 10)
    await engine.queue.complete(worker, [Completed(done, None)])
    await engine.queue.fail(worker, [Failed(failed, JobError("ValueError", "no luck"), None)])
    await engine.queue.snooze(worker, Snoozed(tired, 60))
    await engine.queue.release(worker, rest[:1])
    assert await engine.store.retry(engine.viewer, failed.id)
    await engine.lose(worker)
    connection = await asyncpg.connect(hasty_url)
    try:
        assert await connection.fetchval("SHOW synchronous_commit") == "off"
        await connection.execute("UPDATE live_jobs SET progress = NULL WHERE id = $1", failed.id)
        noted = {(row["what"], row["waits"]) for row in await connection.fetch("SELECT * FROM commits")}
    finally:
        await connection.close()
    assert noted - {("UPDATE live", "off")} == {
        ("INSERT live", "on"),
        ("UPDATE live", "on"),
        ("DELETE live", "on"),
        ("INSERT finished", "on"),
        ("DELETE finished", "on"),
    }
    assert ("UPDATE live", "off") in noted, "what notes it sees nothing"
