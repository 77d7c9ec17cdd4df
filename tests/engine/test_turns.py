"""Whose turn it is to make room for a job that was lost twice: one worker's, and nobody's where none waits long."""

from jobyard.domain.job import ClaimedJob
from tests.engine.conftest import KINDS, Engine


async def takes(engine: Engine, worker: int, waited: float = 10.0, kinds: list[str] = KINDS) -> bool:
    return await engine.queue.take_turn(worker, kinds, waited_seconds=waited, lease_seconds=15)


async def lost_twice(engine: Engine) -> None:
    """By two workers, just now; it has been in line for an hour."""
    await engine.submit()
    await engine.execute("UPDATE live_jobs SET place = place - interval '1 hour', run_at = run_at - interval '1 hour'")
    for _ in range(2):
        worker = await engine.queue.register("victim", KINDS, 1)
        await engine.claim_one(worker)
        await engine.lose(worker)


async def some_time_passes(engine: Engine) -> None:
    await engine.execute(
        "UPDATE live_jobs SET attempts = jsonb_set(attempts, '{-1,finished_at}',"
        " to_jsonb(now() - interval '11 seconds')) WHERE attempts IS NOT NULL"
    )


async def test_it_is_nobodys_turn_where_nothing_waits_long(engine: Engine, first: int) -> None:
    assert not await takes(engine, first, 0)
    await engine.submit()
    assert not await takes(engine, first, 0)
    await lost_twice(engine)
    assert not await takes(engine, first), "it was lost a moment ago: an idle worker may take it"
    await some_time_passes(engine)
    assert not await takes(engine, first, kinds=["other.kind"])
    assert await takes(engine, first)


async def test_it_is_one_workers_turn_until_that_ends_or_dies(engine: Engine, first: int, second: int) -> None:
    await lost_twice(engine)
    await some_time_passes(engine)
    assert [await takes(engine, worker) for worker in (first, second, first)] == [True, False, True]
    await engine.execute("UPDATE leaders SET until = now() - interval '1 second'")
    assert [await takes(engine, worker) for worker in (second, first)] == [True, False]
    await engine.queue.end_turn(first)
    assert not await takes(engine, first), "one that lost its turn ends nobody else's"
    await engine.queue.end_turn(second)
    assert await takes(engine, first)


async def test_it_stays_while_the_job_runs(engine: Engine, first: int, second: int) -> None:
    await lost_twice(engine)
    await some_time_passes(engine)
    assert await takes(engine, first)
    job = await engine.queue.claim_alone(first, engine.lane, KINDS)
    assert isinstance(job, ClaimedJob)
    assert [await takes(engine, worker) for worker in (first, second)] == [True, False]
    await engine.queue.end_turn(first)
    assert not await takes(engine, first)
