"""The day's partitions are missing (no worker for a week, or the clock stepped): they are made, and nothing is lost."""

import pytest

from jobyard.domain.job import JobError, JobState
from jobyard.ports import Completed, Failed, JobNote, Snoozed
from jobyard.postgres.days import DayMade
from tests.engine.conftest import KINDS, Engine

ERROR = JobError("boom", "it broke")


async def drop_days(engine: Engine) -> None:
    """Every day of every table."""
    await engine.execute(
        """
        DO $$ DECLARE name text; BEGIN
          FOR name IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhrelid::regclass::text ~ '_[0-9]{8}$' LOOP
            EXECUTE 'DROP TABLE ' || name;
          END LOOP;
        END $$"""
    )


@pytest.fixture
async def worker(engine: Engine) -> int:
    return await engine.queue.register("first", KINDS, 10)


async def test_a_result_is_kept(engine: Engine, worker: int) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(worker)
    await drop_days(engine)
    assert await engine.queue.complete(worker, [Completed(job, b'{"value":1}')]) == {job_id}
    done = await engine.get(job_id)
    assert (done.state, bytes(done.result)) == (JobState.COMPLETED, b'{"value": 1}')


async def test_a_failure_is_kept(engine: Engine, worker: int) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(worker)
    await drop_days(engine)
    assert await engine.queue.fail(worker, [Failed(job, ERROR, None)]) == {job_id}
    assert (await engine.get(job_id)).error == ERROR


@pytest.mark.parametrize("verb", ["snooze", "release"])
async def test_what_was_asked_to_cancel_ends(engine: Engine, worker: int, verb: str) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(worker)
    await engine.store.cancel(engine.viewer, [job_id])
    await drop_days(engine)
    if verb == "snooze":
        assert await engine.queue.snooze(worker, Snoozed(job, 1))
    else:
        assert await engine.queue.release(worker, [job]) == {job_id}
    assert await engine.state(job_id) is JobState.CANCELLED


async def test_a_cancel_by_hand_ends_what_waits(engine: Engine) -> None:
    job_id = await engine.submit()
    await drop_days(engine)
    assert await engine.store.cancel(engine.viewer, [job_id]) == [job_id]
    assert await engine.state(job_id) is JobState.CANCELLED


async def test_a_rescue_and_a_note_work_when_they_are_tried_again(engine: Engine, worker: int) -> None:
    """As their loops do: they wait a moment and begin anew."""
    job_id = await engine.submit()
    await engine.claim_one(worker)
    await engine.store.cancel(engine.viewer, [job_id])
    await drop_days(engine)
    with pytest.raises(DayMade):
        await engine.lose(worker)
    assert await engine.lose(worker) == ["demo.echo"]
    assert await engine.state(job_id) is JobState.CANCELLED
    await drop_days(engine)
    note = JobNote(job_id, engine.viewer.key, "loop_blocked", 1, 1, {})
    with pytest.raises(DayMade):
        await engine.queue.note(worker, [note])
    await engine.queue.note(worker, [note])
