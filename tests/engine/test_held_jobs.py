"""The jobs of a disabled user: out of line, whatever brings them back, and in it again when the user is enabled."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from jobyard.domain.job import JobEdit, JobError, JobState
from jobyard.domain.operation import BulkVerb
from jobyard.ports import Failed
from jobyard.postgres.held_jobs import PostgresHeldJobs
from tests.engine.conftest import Engine


@pytest.fixture
def held_jobs(engine: Engine) -> PostgresHeldJobs:
    return PostgresHeldJobs(engine.pool, engine.nudges)


async def disable(engine: Engine) -> None:
    await engine.execute("UPDATE users SET disabled_at = now(), held_at = now() WHERE key = $1", engine.viewer.key)
    engine.nudges.claimable.clear()


async def enable(engine: Engine) -> None:
    await engine.execute("UPDATE users SET disabled_at = NULL, held_at = now() WHERE key = $1", engine.viewer.key)


async def is_out_of_line(engine: Engine, worker: int, job_id: UUID) -> bool:
    """It has no place, nobody was told of work, and a claim finds nothing."""
    held = await engine.fetchval("SELECT place IS NULL AND wait = 6 FROM live_jobs WHERE id = $1", job_id)
    return held and not engine.nudges.claimable and await engine.claim(worker) == []


async def comes_back(engine: Engine, held_jobs: PostgresHeldJobs, worker: int, job_id: UUID) -> bool:
    await enable(engine)
    await held_jobs.begin(engine.viewer.key)
    return [job.id for job in await engine.claim(worker)] == [job_id]


async def test_what_waits_is_held_and_comes_back(engine: Engine, held_jobs: PostgresHeldJobs, first: int) -> None:
    job_id, others = await engine.submit(), await engine.submit(viewer=engine.other)
    await disable(engine)
    await held_jobs.begin(engine.viewer.key)
    assert [job.id for job in await engine.claim(first)] == [others]
    assert await is_out_of_line(engine, first, job_id)
    assert await comes_back(engine, held_jobs, first, job_id)


async def test_what_a_stopping_worker_gives_back_is_held(
    engine: Engine, held_jobs: PostgresHeldJobs, first: int
) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(first)
    await disable(engine)
    assert await engine.queue.release(first, [job]) == {job_id}
    assert await is_out_of_line(engine, first, job_id)
    assert await comes_back(engine, held_jobs, first, job_id)


async def test_what_is_taken_from_a_lost_worker_is_held(
    engine: Engine, held_jobs: PostgresHeldJobs, first: int, second: int
) -> None:
    job_id = await engine.submit()
    await engine.claim_one(first)
    await disable(engine)
    assert await engine.lose(first) == ["demo.echo"]
    assert await is_out_of_line(engine, second, job_id)
    assert await comes_back(engine, held_jobs, second, job_id)


async def test_what_a_live_worker_does_not_know_of_is_held(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.claim_one(first)
    await engine.execute("UPDATE live_jobs SET started_at = now() - interval '1 minute'")
    await disable(engine)
    assert await engine.upkeep.rescue(20, everything=True) == ["demo.echo"]
    assert await is_out_of_line(engine, first, job_id)


@pytest.mark.parametrize("retry_in", [None, 3600.0])
async def test_what_an_operation_retries_is_held(
    engine: Engine, held_jobs: PostgresHeldJobs, first: int, retry_in: float | None
) -> None:
    """A dead letter, and one that waits for its backoff: operations of a user who is disabled go on."""
    job_id = await engine.submit()
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), JobError("x", "y"), retry_in)])
    await disable(engine)
    assert await engine.store.change(engine.viewer, BulkVerb.RETRY, [job_id]) == {job_id}
    assert await is_out_of_line(engine, first, job_id)
    assert await engine.state(job_id) is JobState.PENDING
    assert await comes_back(engine, held_jobs, first, job_id)


async def test_what_waits_for_its_time_goes_on_waiting_for_it(
    engine: Engine, held_jobs: PostgresHeldJobs, first: int
) -> None:
    """It is not in line: nothing holds it, and nobody brings it back as something else."""
    backing_off = await engine.submit()
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), JobError("x", "y"), 3600.0)])
    scheduled = await engine.submit(run_at=datetime.now(UTC) + timedelta(hours=1))
    for change in (disable, enable):
        await change(engine)
        await held_jobs.begin(engine.viewer.key)
        assert await engine.state(backing_off) is JobState.RETRYING
        assert await engine.state(scheduled) is JobState.SCHEDULED


async def test_what_was_put_off_while_it_was_held_waits_for_its_new_time(
    engine: Engine, held_jobs: PostgresHeldJobs, first: int
) -> None:
    """As one in line that is put off: `scheduled`, also where it had failed before."""
    job_id = await engine.submit()
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), JobError("x", "y"), 3600.0)])
    await disable(engine)
    await engine.make_due(job_id)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await engine.store.edit(engine.viewer, job_id, JobEdit(run_at=later))
    assert await engine.state(job_id) is JobState.PENDING
    await enable(engine)
    await held_jobs.begin(engine.viewer.key)
    assert await engine.state(job_id) is JobState.SCHEDULED
    assert await engine.claim(first) == []


async def test_what_becomes_due_is_held(engine: Engine, held_jobs: PostgresHeldJobs, first: int) -> None:
    job_id = await engine.submit()
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), JobError("x", "y"), 3600.0)])
    await disable(engine)
    await engine.make_due(job_id)
    assert await is_out_of_line(engine, first, job_id)
    assert await comes_back(engine, held_jobs, first, job_id)
