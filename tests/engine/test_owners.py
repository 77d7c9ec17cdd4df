"""What an owner does with jobs, and that nobody else can."""

import asyncio
from uuid import UUID

import pytest

from jobyard.domain.errors import Conflict, TooMany
from jobyard.domain.job import JobError, JobState, NewJob, Outcome, Priority
from jobyard.domain.limits import Limits
from jobyard.ports import Completed, Failed, JobFilter
from jobyard.postgres import job_lists, job_submits
from jobyard.postgres.connections import ENGINE_SETTINGS, Pool
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.queries import query
from tests.engine.conftest import Engine
from tests.engine.test_claims import LATER

ERROR = JobError("boom", "it broke")
STOPPED = JobError("cancelled", "stopped")


async def test_another_users_job_is_not_there(engine: Engine, first: int) -> None:
    mine = await engine.submit()
    await engine.claim_one(first)
    failed = await engine.submit()
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), ERROR, None)])
    for job_id in (mine, failed):
        assert await engine.store.get(engine.other, job_id) is None
        assert await engine.store.attempts(engine.other, job_id) is None
        assert await engine.store.cancel(engine.other, [job_id]) == []
        assert not await engine.store.retry(engine.other, job_id)
        assert await engine.store.get_many([engine.other.key], [job_id]) == {}
    assert (await engine.store.page(engine.other, JobFilter(), None, 10)).items == []
    assert sum((await engine.store.counts(engine.other, JobFilter())).by_state.values()) == 0
    assert not (await engine.get(mine)).cancel_requested


async def test_cancel_ends_what_waits_and_asks_what_runs(engine: Engine, first: int) -> None:
    running = await engine.submit()
    await engine.claim_one(first)
    waiting, scheduled = await engine.submit(), await engine.submit(run_at=LATER)
    changed = await engine.store.cancel(engine.viewer, [running, waiting, scheduled])
    assert set(changed) == {running, waiting, scheduled}
    assert [await engine.state(job_id) for job_id in (waiting, scheduled)] == [JobState.CANCELLED] * 2
    asked = await engine.get(running)
    assert (asked.state, asked.cancel_requested) == (JobState.RUNNING, True)
    assert engine.nudges.stops == [(first, running, 1)]
    assert (await engine.queue.beat(first, [(running, engine.viewer.key)])).cancel_requested == (running,)
    assert await engine.store.cancel(engine.viewer, [waiting]) == []


async def test_a_run_that_was_asked_to_stop_ends_as_cancelled(engine: Engine, first: int) -> None:
    ids = [await engine.submit() for _ in range(4)]
    jobs = await engine.claim(first)
    await engine.store.cancel(engine.viewer, ids)
    await engine.queue.fail(first, [Failed(jobs[0], STOPPED, None), Failed(jobs[1], ERROR, 5)])
    await engine.queue.release(first, [jobs[2]])
    await engine.queue.complete(first, [Completed(jobs[3], None)])
    states = [await engine.state(job_id) for job_id in ids]
    assert states == [JobState.CANCELLED] * 3 + [JobState.COMPLETED]
    attempts = await engine.store.attempts(engine.viewer, ids[0])
    assert attempts is not None
    assert [attempt.outcome for attempt in attempts] == [Outcome.CANCELLED]


async def test_retry_by_hand_grants_the_first_budget_again(engine: Engine, first: int) -> None:
    job_id = await engine.submit(max_attempts=1)
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), ERROR, None)])
    assert await engine.store.retry(engine.viewer, job_id)
    job = await engine.get(job_id)
    assert (job.state, job.attempt, job.max_attempts, job.run) == (JobState.PENDING, 1, 2, 1)
    assert not await engine.store.retry(engine.viewer, job_id)
    again = await engine.claim_one(first)
    assert (again.attempt, again.run) == (2, 2)
    await engine.queue.complete(first, [Completed(again, None)])
    assert not await engine.store.retry(engine.viewer, job_id)
    assert await engine.fetchval("SELECT count(*) FROM jobs") == 1


async def test_retry_brings_a_cancelled_job_back_and_a_waiting_one_forward(engine: Engine, first: int) -> None:
    cancelled, scheduled, retrying = await engine.submit(), await engine.submit(run_at=LATER), await engine.submit()
    await engine.store.cancel(engine.viewer, [cancelled])
    await engine.queue.fail(first, [Failed(await engine.claim_one(first), ERROR, 600)])
    assert await engine.state(retrying) is JobState.RETRYING
    for job_id in (cancelled, scheduled, retrying):
        assert await engine.store.retry(engine.viewer, job_id)
        job = await engine.get(job_id)
        assert (job.state, job.cancel_requested) == (JobState.PENDING, False)
    assert len(await engine.claim(first)) == 3


async def test_a_unique_key_keeps_one_unfinished_job(engine: Engine, first: int) -> None:
    twin = await engine.submit(unique_key="a")
    free = await engine.submit(unique_key="a", viewer=engine.other)
    late = NewJob(id=free, owner=engine.viewer.key, kind="demo.echo", payload={}, unique_key="a")
    [answer] = await engine.store.submit([late])
    assert answer.twin == twin
    await engine.queue.fail(first, [Failed(job, ERROR, None) for job in await engine.claim(first)])
    assert await engine.submit(unique_key="a") != twin
    with pytest.raises(Conflict, match="unique key"):
        await engine.store.retry(engine.viewer, twin)


async def test_a_refused_twin_takes_its_batch_with_it(engine: Engine) -> None:
    twin = await engine.submit(unique_key="a")
    batch = [
        NewJob(id=_id(1), owner=engine.viewer.key, kind="demo.echo", payload={}),
        NewJob(id=_id(2), owner=engine.viewer.key, kind="demo.echo", payload={}, unique_key="a", reject_twin=True),
    ]
    with pytest.raises(Conflict, match="unique key 'a'"):
        await engine.store.submit(batch)
    page = await engine.store.page(engine.viewer, JobFilter(), None, 10)
    assert [job.id for job in page.items] == [twin]


async def test_the_list_goes_by_pages_and_filters(engine: Engine, first: int) -> None:
    ids = [
        await engine.submit(priority=Priority.HIGH if n % 3 == 0 else Priority.LOW, tags=(f"t{n}", 'a"b\\'))
        for n in range(9)
    ]
    for job in await engine.claim(first, 4):
        await engine.queue.complete(first, [Completed(job, None)])
    newest = list(reversed(ids))
    page = await engine.store.page(engine.viewer, JobFilter(), None, 4)
    assert [job.id for job in page.items] == newest[:4]
    assert page.next_before == newest[3]
    page = await engine.store.page(engine.viewer, JobFilter(), page.next_before, 4)
    page = await engine.store.page(engine.viewer, JobFilter(), page.next_before, 4)
    assert ([job.id for job in page.items], page.next_before) == (newest[8:], None)
    high = await engine.store.page(engine.viewer, JobFilter(priorities=(Priority.HIGH,)), None, 10)
    assert {job.id for job in high.items} == {ids[0], ids[3], ids[6]}
    done = await engine.store.page(engine.viewer, JobFilter(states=(JobState.COMPLETED,)), None, 10)
    assert len(done.items) == 4
    tagged = await engine.store.page(engine.viewer, JobFilter(tags=("t5",)), None, 10)
    assert [(job.id, job.tags) for job in tagged.items] == [(ids[5], ("t5", 'a"b\\'))]
    assert (await engine.store.page(engine.viewer, JobFilter(kinds=("nope",)), None, 10)).items == []


async def test_a_filtered_page_reads_a_bounded_number_of_rows(engine: Engine) -> None:
    store = PostgresJobStore(engine.pool, engine.pool, engine.nudges, Limits(scanned_rows=5))
    wanted = await engine.submit(tags=("rare",))
    for _ in range(7):
        await engine.submit()
    rare = JobFilter(tags=("rare",))
    page = await store.page(engine.viewer, rare, None, 3)
    assert page.items == []
    assert page.next_before is not None
    page = await store.page(engine.viewer, rare, page.next_before, 3)
    assert ([job.id for job in page.items], page.next_before) == ([wanted], None)
    assert (await store.counts(engine.viewer, rare)).capped


async def test_counts_by_state(engine: Engine, first: int) -> None:
    for _ in range(3):
        await engine.submit()
    await engine.submit(run_at=LATER, priority=Priority.LOW)
    job = await engine.claim_one(first)
    await engine.queue.complete(first, [Completed(job, None)])
    await engine.claim_one(first)
    counts = await engine.store.counts(engine.viewer, JobFilter())
    assert not counts.capped
    expected = {JobState.SCHEDULED: 1, JobState.PENDING: 1, JobState.RUNNING: 1, JobState.COMPLETED: 1}
    assert counts.by_state == dict.fromkeys(JobState, 0) | expected
    low = await engine.store.counts(engine.viewer, JobFilter(priorities=(Priority.LOW,)))
    assert low.by_state == dict.fromkeys(JobState, 0) | {JobState.SCHEDULED: 1}


@pytest.mark.parametrize("everyone", [False, True])
async def test_counts_are_exact_up_to_a_number(
    engine: Engine, first: int, monkeypatch: pytest.MonkeyPatch, everyone: bool
) -> None:
    """Two a state here. What failed and what was cancelled share a side of history, and are read together."""
    monkeypatch.setattr(job_lists, "COUNTED_A_STATE", 2)
    ids = [await engine.submit() for _ in range(7)]
    done, ended, failed, again, *_ = await engine.claim(first, 4)
    await engine.queue.complete(first, [Completed(done, None), Completed(ended, None)])
    await engine.queue.fail(first, [Failed(job, JobError("a", "b"), None) for job in (failed, again)])
    for job_id in ids[4:6]:
        assert await engine.store.cancel(engine.viewer, [job_id])
    exact = {JobState.COMPLETED: 2, JobState.FAILED: 2, JobState.CANCELLED: 2}
    counts = await engine.store.counts(engine.viewer, JobFilter(), everyone=everyone)
    assert not counts.capped
    assert counts.by_state == dict.fromkeys(JobState, 0) | exact | {JobState.PENDING: 1}
    assert await engine.store.cancel(engine.viewer, [ids[6]])
    counts = await engine.store.counts(engine.viewer, JobFilter(), everyone=everyone)
    assert counts.capped
    assert counts.by_state[JobState.COMPLETED] == counts.by_state[JobState.CANCELLED] == 2
    assert 1 <= counts.by_state[JobState.FAILED] <= 2


async def test_waiting_jobs_have_a_limit(engine: Engine) -> None:
    async with Pool(engine.url, ENGINE_SETTINGS, 2) as pool:
        store = PostgresJobStore(pool, pool, engine.nudges, Limits(waiting_jobs=2))
        jobs = [NewJob(id=_id(n), owner=engine.viewer.key, kind="demo.echo", payload={}) for n in range(3)]
        await store.submit(jobs[:2])
        await engine.execute(
            "UPDATE live_jobs SET created_at = created_at - interval '1 month'"
        )  # all count, at any age
        with pytest.raises(TooMany, match="limit of 2"):
            await store.submit(jobs[2:])
        await store.cancel(engine.viewer, [jobs[0].id])
        await store.submit(jobs[2:])


async def test_lone_submits_of_one_who_is_new_to_the_process_pass_the_limit_by_one_at_most(engine: Engine) -> None:
    """Their count is read beside the first submit."""
    for _ in range(2):
        await engine.submit()
    async with Pool(engine.url, ENGINE_SETTINGS, 2) as pool:
        store = PostgresJobStore(pool, pool, engine.nudges, Limits(waiting_jobs=2))
        jobs = [NewJob(id=_id(n), owner=engine.viewer.key, kind="demo.echo", payload={}) for n in range(3)]
        await store.lane_of("default")  # or the count comes before the look for the lane, and the first is refused too
        await store.submit(jobs[:1])
        with pytest.raises(TooMany, match="2 jobs wait already"):
            await store.submit(jobs[1:2])
        with pytest.raises(TooMany, match="limit of 2"):
            await store.submit(jobs[1:])
        await store.cancel(engine.viewer, [jobs[0].id])
        with pytest.raises(TooMany, match="2 jobs wait already, and 1 more"):
            await store.submit(jobs[1:2])


async def test_lone_submits_at_the_same_time_are_counted_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def asking(name: str) -> str:
        asked.append(name)
        return query(name)

    monkeypatch.setattr(job_submits, "query", asking)
    jobs = [NewJob(id=_id(n), owner=engine.viewer.key, kind="demo.echo", payload={}) for n in range(20)]
    async with Pool(engine.url, ENGINE_SETTINGS, 2) as pool:
        store = PostgresJobStore(pool, pool, engine.nudges)
        await asyncio.gather(*[store.submit([job]) for job in jobs])
    assert asked == ["waiting"]
    assert (await engine.store.counts(engine.viewer, JobFilter())).by_state[JobState.PENDING] == len(jobs)


async def test_kinds_alive_counts_live_workers(engine: Engine, first: int, second: int) -> None:
    assert await engine.store.kinds_alive() == {"demo.echo": 2}
    await engine.queue.unregister(first)
    await engine.lose(second)
    assert await engine.store.kinds_alive() == {}


async def test_a_worker_under_a_long_lease_is_alive_between_its_beats(engine: Engine, first: int) -> None:
    await engine.execute("UPDATE workers SET beat_at = now() - interval '30 seconds' WHERE id = $1", first)
    store = PostgresJobStore(engine.pool, engine.pool, engine.nudges, lease_seconds=100)
    assert await store.kinds_alive() == {"demo.echo": 1}


@pytest.mark.parametrize("taken", [0, 1])  # of one of them the cancel takes the other first
async def test_a_cancel_that_postgresql_ends_for_a_deadlock_is_done_again(
    engine: Engine, first: int, taken: int
) -> None:
    """A worker records a batch with the same jobs in another order."""
    ids = sorted([await engine.submit(), await engine.submit()])
    await engine.claim(first)
    lock = "SELECT FROM live_jobs WHERE id = $1 FOR UPDATE"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with Pool(engine.url, ENGINE_SETTINGS, 1) as pool, pool.acquire() as recorder, asyncio.timeout(30):
        await recorder.execute("SET deadlock_timeout = '1min'")  # so that it is never the one to be ended
        transaction = recorder.transaction()
        await transaction.start()
        await recorder.execute(lock, ids[taken])
        cancelling = asyncio.create_task(engine.store.cancel(engine.viewer, ids))
        while not await engine.fetchval(waiting):
            pass  # it waits for this row, and may hold the other
        await recorder.execute(lock, ids[1 - taken])
        await transaction.rollback()
        assert set(await cancelling) == set(ids)
    assert [(await engine.get(job_id)).cancel_requested for job_id in ids] == [True, True]


def _id(number: int) -> UUID:
    return UUID(int=(1 << 100) + number)
