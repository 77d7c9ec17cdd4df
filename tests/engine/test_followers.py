"""Jobs that wait for others, and the job at the end of a batch: let go once, whatever ends what they waited for."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.job import FINISHED, IfAfterFails, JobError, JobOptions, JobState, NewJob
from jobyard.ports import BatchEnd, Completed, Failed, Order
from jobyard.postgres.followers import FOLLOWERS_A_STEP, FOLLOWERS_LOCK, PostgresFollowers
from tests.engine.conftest import Engine
from tests.engine.test_claims import LATER

ERROR = JobError("boom", "it broke")
RUN, CANCEL = IfAfterFails.RUN, IfAfterFails.CANCEL


def job(engine: Engine, *after: UUID, fails: IfAfterFails = CANCEL, kind: str = "demo.echo") -> NewJob:
    return NewJob(
        id=UUID(int=uuid7().int), owner=engine.viewer.key, kind=kind, payload={"value": 1}, after=after,
        if_after_fails=fails, follows=after,
    )  # fmt: skip


async def follow(engine: Engine, *after: UUID, fails: IfAfterFails = CANCEL) -> UUID:
    """A job that waits for these."""
    one = job(engine, *after, fails=fails)
    await engine.store.submit_together(Order([one]))
    return one.id


async def settle_all(engine: Engine) -> None:
    """What the leader does."""
    followers = engine.upkeep.followers
    while ended := (await followers.look(None, 5_000)).ended:
        assert await followers.settle(ended)


async def end(engine: Engine, worker: int, job_id: UUID, how: JobState) -> None:
    """Let a pending job end, whatever else stands in line."""
    if how is JobState.CANCELLED:
        assert await engine.store.cancel(engine.viewer, [job_id])
        return
    claimed = await engine.claim(worker)
    (chosen,) = [one for one in claimed if one.id == job_id]
    await engine.queue.release(worker, [one for one in claimed if one is not chosen])
    if how is JobState.COMPLETED:
        assert await engine.queue.complete(worker, [Completed(chosen, b"1")])
    else:
        assert await engine.queue.fail(worker, [Failed(chosen, ERROR, None)])


@pytest.mark.parametrize("how", sorted(FINISHED))
@pytest.mark.parametrize("fails", [CANCEL, RUN])
async def test_a_job_follows_another(engine: Engine, first: int, how: JobState, fails: IfAfterFails) -> None:
    before = await engine.submit()
    after = await follow(engine, before, fails=fails)
    waiting = await engine.get(after)
    assert (waiting.state, waiting.after) == (JobState.SCHEDULED, (before,))
    await settle_all(engine)
    assert await engine.state(after) is JobState.SCHEDULED
    await end(engine, first, before, how)
    await settle_all(engine)
    runs = how is JobState.COMPLETED or fails is RUN
    settled = await engine.get(after)
    assert settled.state is (JobState.PENDING if runs else JobState.CANCELLED)
    assert settled.after == (before,)
    assert await engine.fetchval("SELECT count(*) FROM followed") == 0
    assert [one.id for one in await engine.claim(first)] == ([after] if runs else [])


async def test_the_last_of_several_lets_it_go_and_wakes_a_worker(engine: Engine, first: int) -> None:
    ids = [await engine.submit() for _ in range(3)]
    after = await follow(engine, *ids)
    for job_id in ids:
        await settle_all(engine)
        assert await engine.state(after) is JobState.SCHEDULED
        await end(engine, first, job_id, JobState.COMPLETED)
    engine.nudges.claimable.clear()
    await settle_all(engine)
    assert await engine.state(after) is JobState.PENDING
    assert [one.lane for one in engine.nudges.claimable] == [engine.lane]


async def test_a_chain_is_cancelled_from_its_broken_link_on(engine: Engine, first: int) -> None:
    ids = [await engine.submit()]
    for _ in range(4):
        ids.append(await follow(engine, ids[-1]))
    rescued = await follow(engine, ids[-1], fails=RUN)
    await end(engine, first, ids[0], JobState.FAILED)
    await settle_all(engine)
    assert [await engine.state(job_id) for job_id in ids[1:]] == [JobState.CANCELLED] * 4
    assert await engine.state(rescued) is JobState.PENDING
    assert engine.viewer.key in engine.nudges.owners
    why = await engine.fetchval("SELECT detail ->> 'after' FROM job_events WHERE job_id = $1", ids[1])
    assert UUID(why) == ids[0]


async def test_it_still_waits_for_its_time(engine: Engine, first: int) -> None:
    before = await engine.submit()
    one = replace(job(engine, before), run_at=LATER)
    await engine.store.submit_together(Order([one]))
    await end(engine, first, before, JobState.COMPLETED)
    await settle_all(engine)
    assert await engine.fetchval("SELECT wait FROM live_jobs WHERE id = $1", one.id) == 1
    await engine.make_due(one.id)
    assert await engine.state(one.id) is JobState.PENDING


async def test_by_hand_it_is_not_brought_forward_but_can_be_cancelled(engine: Engine, first: int) -> None:
    before = await engine.submit()
    after = await follow(engine, before)
    assert not await engine.store.retry(engine.viewer, after)
    assert await engine.store.cancel(engine.viewer, [after])
    assert await engine.store.retry(engine.viewer, after)  # now it is its owner's wish that it runs
    await end(engine, first, before, JobState.CANCELLED)
    await settle_all(engine)
    assert await engine.state(after) is JobState.PENDING


async def test_a_job_that_was_retried_before_anybody_looked_has_not_ended(engine: Engine, first: int) -> None:
    before = await engine.submit()
    after = await follow(engine, before)
    await end(engine, first, before, JobState.FAILED)
    looked = await engine.upkeep.followers.look(None, 10)
    assert looked.ended == [before]
    assert await engine.store.retry(engine.viewer, before)
    assert await engine.upkeep.followers.settle(looked.ended)
    assert await engine.state(after) is JobState.SCHEDULED
    await end(engine, first, before, JobState.COMPLETED)
    await settle_all(engine)
    assert await engine.state(after) is JobState.PENDING


async def test_ten_thousand_followers_go_in_bounded_steps(engine: Engine, first: int) -> None:
    before = await engine.submit()
    number = 2 * FOLLOWERS_A_STEP + 10
    for start in range(0, number, 1000):
        jobs = [job(engine, before) for _ in range(min(1000, number - start))]
        await engine.store.submit_together(Order(jobs))
    await end(engine, first, before, JobState.COMPLETED)
    step = engine.upkeep.followers._step  # pyright: ignore[reportPrivateUsage]
    assert [await step([before]) for _ in range(4)] == [FOLLOWERS_A_STEP, FOLLOWERS_A_STEP, 10, 0]
    assert await engine.fetchval("SELECT count(*) FROM live_jobs WHERE place IS NOT NULL") == number
    assert await engine.fetchval("SELECT count(*) FROM follows") == 0


async def test_one_step_at_a_time(engine: Engine, first: int) -> None:
    before = await engine.submit()
    after = await follow(engine, before)
    await end(engine, first, before, JobState.COMPLETED)
    async with engine.pool.acquire() as other, other.transaction():
        await other.execute("SELECT pg_advisory_xact_lock($1)", FOLLOWERS_LOCK)
        assert not await engine.upkeep.followers.settle([before])
        assert await engine.state(after) is JobState.SCHEDULED
    assert await engine.upkeep.followers.settle([before])
    assert await engine.state(after) is JobState.PENDING


async def test_many_settle_while_jobs_end_and_nobody_is_forgotten(engine: Engine, first: int) -> None:
    """Three sweepers side by side, followers that are added meanwhile: each is let go, once."""
    ids = [await engine.submit() for _ in range(30)]
    followers = [await follow(engine, *ids[n : n + 3]) for n in range(28)]
    done = asyncio.Event()

    async def sweep() -> None:
        own = PostgresFollowers(engine.pool, engine.nudges)
        while not done.is_set():
            await own.settle((await own.look(None, 10)).ended)
            await own.settle((await own.look_of([engine.viewer.key], 10)).ended)

    async def work() -> None:
        while claimed := await engine.claim(first, 4):
            late = [follow(engine, one.id) for one in claimed[:2]]
            added, _ = await asyncio.gather(
                asyncio.gather(*late), engine.queue.complete(first, [Completed(one, None) for one in claimed])
            )
            if len(followers) < 60:
                followers.extend(added)
        done.set()

    async with asyncio.timeout(60):
        await asyncio.gather(sweep(), sweep(), sweep(), work())
    await settle_all(engine)
    while claimed := await engine.claim(first, 100):
        await engine.queue.complete(first, [Completed(one, None) for one in claimed])
        await settle_all(engine)
    assert await engine.fetchval("SELECT count(*) FROM live_jobs") == 0
    assert await engine.fetchval("SELECT count(*) FROM followed") == 0
    assert [await engine.state(job_id) for job_id in followers] == [JobState.COMPLETED] * len(followers)


async def test_a_finished_job_is_not_forgotten_before_its_followers_know(engine: Engine, first: int) -> None:
    before = await engine.submit()
    after = await follow(engine, before)
    await end(engine, first, before, JobState.FAILED)
    assert not await engine.store.discard(engine.other, before)
    assert await engine.store.discard(engine.viewer, before)
    assert await engine.state(after) is JobState.CANCELLED
    assert await engine.store.get(engine.viewer, before) is None


# Batches -------------------------------------------------------------------------------------------------------------
async def batch(engine: Engine, size: int, unique_key: str | None = None) -> tuple[list[UUID], UUID]:
    """A batch with a job at its end: the ids of its jobs, and of that one."""
    batch_id = UUID(int=uuid7().int)
    last = replace(job(engine), unique_key=unique_key, options=JobOptions(3, 60))
    jobs = [replace(job(engine), batch_id=batch_id) for _ in range(size)]
    await engine.store.submit_together(Order(jobs, BatchEnd(batch_id, last)))
    return [one.id for one in jobs], last.id


async def test_the_end_of_a_batch_is_submitted_once(engine: Engine, first: int) -> None:
    ids, last = await batch(engine, 3)
    for job_id, how in zip(ids, sorted(FINISHED), strict=True):
        await settle_all(engine)
        assert await engine.store.get(engine.viewer, last) is None
        await end(engine, first, job_id, how)
    await settle_all(engine)
    submitted = await engine.get(last)
    assert (submitted.state, submitted.max_attempts, submitted.timeout_seconds) == (JobState.PENDING, 3, 60)
    for job_id in ids:
        if await engine.store.retry(engine.viewer, job_id):
            await engine.store.cancel(engine.viewer, [job_id])
    await settle_all(engine)
    assert await engine.fetchval("SELECT count(*) FROM live_jobs") == 1
    assert await engine.fetchval("SELECT count(*) FROM batches") == 0


async def test_a_twin_stands_for_the_end_of_a_batch(engine: Engine) -> None:
    (one,), last = await batch(engine, 1, unique_key="k")
    twin = await engine.submit(unique_key="k")
    await engine.store.cancel(engine.viewer, [one])
    await settle_all(engine)
    assert await engine.store.get(engine.viewer, last) is None
    assert await engine.state(twin) is JobState.PENDING


async def test_what_the_database_refuses_holds_up_nobody_else(engine: Engine) -> None:
    (bad,), _ = await batch(engine, 1)
    (good,), last = await batch(engine, 1)
    await engine.execute(
        "UPDATE batches SET on_complete = jsonb_set(on_complete, '{job,priority}', '\"urgent\"')"
        " WHERE id = (SELECT follower FROM follows WHERE job_id = $1)",
        bad,
    )
    await engine.store.cancel(engine.viewer, [bad, good])
    followers = engine.upkeep.followers
    assert await followers.settle((await followers.look(None, 10)).ended)
    assert await engine.state(last) is JobState.PENDING
