"""Leases: what a lost worker leaves behind, and what it can no longer do."""

import asyncio

import asyncpg
import pytest

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobError, JobState, Outcome
from jobyard.ports import Completed, Failed
from jobyard.postgres.connections import ENGINE_SETTINGS
from jobyard.postgres.upkeep import RESCUE_LOCK
from tests.engine.conftest import KINDS, Engine


async def test_a_lost_workers_jobs_go_back_and_its_results_are_refused(engine: Engine, first: int, second: int) -> None:
    job_id = await engine.submit()
    job = await engine.claim_one(first)
    assert await engine.lose(first) == ["demo.echo"]
    back = await engine.get(job_id)
    assert (back.state, back.attempt, back.crashes, back.run) == (JobState.PENDING, 0, 1, 1)
    assert await engine.queue.complete(first, [Completed(job, None)]) == set()
    assert not (await engine.queue.beat(first, [(job_id, engine.viewer.key)])).alive
    again = await engine.claim_one(second)
    assert await engine.queue.complete(first, [Completed(again, None)]) == set()
    assert await engine.queue.complete(second, [Completed(again, None)]) == {job_id}
    attempts = await engine.store.attempts(engine.viewer, job_id)
    assert attempts is not None
    assert [(a.outcome, a.attempt, a.worker) for a in attempts] == [
        (Outcome.LOST, 1, "first"),
        (Outcome.COMPLETED, 1, "second"),
    ]


async def test_a_beat_keeps_the_lease(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.claim_one(first)
    await engine.execute("UPDATE workers SET beat_at = now() - interval '15 seconds'")
    assert (await engine.queue.beat(first, [(job_id, engine.viewer.key)])).alive
    assert await engine.upkeep.rescue(10, everything=True) == []
    assert await engine.state(job_id) is JobState.RUNNING


async def test_a_job_lost_twice_runs_alone_and_is_poison_the_third_time(engine: Engine) -> None:
    job_id = await engine.submit()
    for crashes in (1, 2):
        worker = await engine.queue.register("victim", KINDS, 1)
        await engine.claim_one(worker)
        await engine.lose(worker)
        assert (await engine.get(job_id)).crashes == crashes
    worker = await engine.queue.register("victim", KINDS, 1)
    neighbour = await engine.submit()
    assert [job.id for job in await engine.claim(worker)] == [neighbour]
    alone = await engine.queue.claim_alone(worker, engine.lane, KINDS)
    assert alone is not None
    assert alone.id == job_id
    assert await engine.queue.claim_alone(worker, engine.lane, KINDS) is None
    await engine.lose(worker)
    dead = await engine.get(job_id)
    assert dead.state is JobState.FAILED
    assert dead.error is not None
    assert dead.error.type == "poison"
    assert (await engine.get(neighbour)).state is JobState.PENDING
    assert await engine.store.retry(engine.viewer, job_id)
    worker = await engine.queue.register("brave", KINDS, 1)
    retried = await engine.queue.claim_alone(worker, engine.lane, KINDS)
    assert retried is not None
    assert retried.id == job_id


async def test_asked_to_cancel_and_then_lost_is_cancelled(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.claim_one(first)
    await engine.store.cancel(engine.viewer, [job_id])
    await engine.lose(first)
    assert await engine.state(job_id) is JobState.CANCELLED
    assert engine.viewer.key in engine.nudges.owners


async def test_a_claim_committed_after_the_rescue_is_found_by_the_next(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.lose(first)
    await engine.claim_one(first)  # a dying worker's last claim
    assert await engine.upkeep.rescue(20, everything=False) == []
    assert await engine.upkeep.rescue(20, everything=True) == ["demo.echo"]
    assert await engine.state(job_id) is JobState.PENDING


@pytest.mark.parametrize("cancelled", [False, True])
async def test_what_an_unknown_worker_holds_is_taken_back(engine: Engine, first: int, cancelled: bool) -> None:
    """Its row was deleted by hand: nobody beats for it, and nobody else would ever run its jobs."""
    job_id, known = await engine.submit(), await engine.submit()
    held = await engine.claim_one(first)
    await engine.claim_one(await engine.queue.register("second", KINDS, 1))
    if cancelled:
        await engine.store.cancel(engine.viewer, [job_id])
    await engine.execute("DELETE FROM workers WHERE id = $1", first)
    assert await engine.upkeep.rescue(20, everything=True) == ["demo.echo"]
    assert await engine.state(job_id) is (JobState.CANCELLED if cancelled else JobState.PENDING)
    assert await engine.state(known) is JobState.RUNNING
    assert await engine.queue.complete(first, [Completed(held, None)]) == set()


async def test_leases_over_http_run_out(engine: Engine, first: int) -> None:
    job_id = await engine.submit()
    await engine.execute("UPDATE workers SET over_http = true WHERE id = $1", first)
    job = await engine.claim_one(first)
    await engine.execute("INSERT INTO leases VALUES ($1, $2, now() - interval '1 second')", job_id, job.run)
    assert await engine.upkeep.rescue(20, everything=False) == ["demo.echo"]
    assert await engine.state(job_id) is JobState.PENDING
    assert await engine.fetchval("SELECT count(*) FROM leases") == 0


async def test_only_the_first_and_the_last_twenty_runs_are_kept(engine: Engine, first: int) -> None:
    job_id = await engine.submit(max_attempts=100)
    for number in range(30):
        job = await engine.claim_one(first)
        await engine.queue.fail(first, [Failed(job, JobError("boom", str(number)), 0)])
        await engine.make_due(job_id)
    attempts = await engine.store.attempts(engine.viewer, job_id)
    assert attempts is not None
    assert [attempt.run for attempt in attempts] == [1, *range(11, 31)]


async def test_storage_that_is_away_says_so(engine: Engine, first: int) -> None:
    await engine.pool.close()
    with pytest.raises(Unavailable) as raised:
        await engine.queue.claim(first, engine.lane, KINDS, 1)
    assert raised.value.retry_after_seconds > 0


async def test_what_a_claim_without_an_answer_was_granted_can_be_looked_up(engine: Engine, first: int) -> None:
    ids = [await engine.submit() for _ in range(3)]
    claimed = await engine.claim(first)
    assert await engine.queue.holdings(first) == claimed
    await engine.queue.complete(first, [Completed(claimed[0], None)])
    assert [job.id for job in await engine.queue.holdings(first)] == ids[1:]


async def test_a_job_that_a_live_worker_does_not_know_of_is_taken_back_in_the_end(engine: Engine, first: int) -> None:
    """The answer to its claim was lost, and so was the look-up."""
    forgotten, known = await engine.submit(), await engine.submit()
    await engine.claim(first)
    await engine.execute("UPDATE live_jobs SET started_at = now() - interval '1 minute'")
    await engine.queue.beat(first, [(known, engine.viewer.key)])
    assert await engine.upkeep.rescue(20, everything=False) == []
    assert await engine.upkeep.rescue(20, everything=True) == ["demo.echo"]
    back = await engine.get(forgotten)
    assert (back.state, back.attempt, back.crashes) == (JobState.PENDING, 0, 0)
    assert await engine.state(known) is JobState.RUNNING


async def test_a_rescuer_that_freezes_in_its_transaction_stops_no_other(engine: Engine, first: int) -> None:
    """Found by a worker that was stopped just then: its lock would have been kept for as long as it slept."""
    job_id = await engine.submit()
    await engine.claim_one(first)
    frozen = await asyncpg.connect(engine.url, server_settings=ENGINE_SETTINGS)
    try:
        await frozen.execute("BEGIN")
        await frozen.fetchval("SELECT pg_advisory_xact_lock($1)", RESCUE_LOCK)
        assert await engine.lose(first) == []
        async with asyncio.timeout(30):
            while not await engine.lose(first):  # noqa: ASYNC110 - the database ends the session by its clock
                await asyncio.sleep(0.05)
    finally:
        frozen.terminate()
    assert await engine.state(job_id) is JobState.PENDING


async def test_after_an_outage_nobody_is_taken_for_dead_before_all_could_beat(engine: Engine, first: int) -> None:
    """Nobody led for longer than half a lease: there was no database to beat in, also for whoever is back first."""
    job_id = await engine.submit()
    await engine.claim_one(first)
    leader = await engine.queue.register("leader", KINDS, 1)
    beaten = "UPDATE workers SET beat_at = now() - interval '1 minute' WHERE id = $1"
    away = "UPDATE leaders SET until = now() - interval '6 seconds', since = now() - interval '1 hour'"
    await engine.execute(beaten, first)
    assert await engine.upkeep.lead(leader, 5, away_seconds=10)
    await engine.execute(away)
    assert await engine.upkeep.rescue(20, everything=False) == []  # sent before the outage, it arrives before all else
    assert await engine.upkeep.lead(leader, 5, away_seconds=10)
    assert await engine.upkeep.rescue(20, everything=True) == []
    await engine.execute("UPDATE leaders SET since = since - interval '5.5 seconds'")
    assert await engine.upkeep.lead(leader, 5, away_seconds=10)
    assert await engine.upkeep.rescue(20, everything=True) == []
    await engine.execute("UPDATE leaders SET since = since - interval '1 second'")
    assert await engine.upkeep.rescue(20, everything=False) == ["demo.echo"]
    assert await engine.state(job_id) is JobState.PENDING


@pytest.mark.parametrize("dies", [False, True])
async def test_a_change_of_leaders_delays_no_rescue(engine: Engine, first: int, second: int, dies: bool) -> None:
    await engine.submit()
    await engine.claim_one(first)
    assert await engine.upkeep.lead(first, 5, away_seconds=10)
    await engine.execute("UPDATE leaders SET since = now() - interval '1 hour'")
    if dies:
        await engine.execute("UPDATE leaders SET until = now() - interval '1 second'")
    else:
        await engine.upkeep.resign(first)
    assert await engine.upkeep.lead(second, 5, away_seconds=10)
    assert await engine.lose(first) == ["demo.echo"]


async def test_a_clock_that_went_back_stops_no_rescue(engine: Engine, first: int, second: int) -> None:
    await engine.submit()
    await engine.claim_one(first)
    assert await engine.upkeep.lead(second, 5, away_seconds=10)
    await engine.execute("UPDATE leaders SET since = now() + interval '1 hour', until = now() + interval '1 hour'")
    assert await engine.upkeep.lead(second, 5, away_seconds=10)
    assert await engine.lose(first) == []
    await engine.execute("UPDATE leaders SET since = since - interval '7 seconds'")
    assert await engine.lose(first) == ["demo.echo"]
