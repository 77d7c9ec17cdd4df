"""`why` agrees with the claim: what is said to wait for its turn is claimed, in the order that is told, and no more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from jobyard.domain.job import ClaimedJob, JobError, NewJob, Priority
from jobyard.domain.user import Viewer
from jobyard.ports import Failed, Order, WaitingFacts
from jobyard.postgres.connections import READER_SETTINGS, Pool
from jobyard.postgres.embedded import EmbeddedPostgres
from jobyard.postgres.held_jobs import PostgresHeldJobs
from jobyard.postgres.waiting_jobs import PostgresWaitingJobs
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.services.waiting_reason import Reason, decide
from tests.conftest import database
from tests.engine.conftest import Engine, open_engine

ALL_KINDS = ["demo.echo", "demo.fail", "demo.sleep"]
QUEUES = ["default", "other"]
LEASE_SECONDS = 20.0


class Shape(StrEnum):
    """How a job came to wait, or not to."""

    BACKS_OFF = "backs off"
    RUNS = "runs"
    IN_LINE = "in line"
    OF_THE_PAST = "of the past"
    OF_LATER = "of later"
    DUE = "due, and not promoted"
    FOLLOWS = "follows another"
    LIMITED = "over a limit"
    PARKED = "without a worker"
    LOST_ONCE = "lost once"
    LOST_TWICE = "lost twice"


CLAIMED_FIRST = (Shape.BACKS_OFF, Shape.RUNS)


@dataclass(frozen=True)
class Wanted:
    """A job of a yard."""

    shape: Shape
    mine: bool
    kind: str
    queue: str
    priority: Priority


@dataclass(frozen=True)
class WantedWorker:
    """A worker of a yard: alive, silent for too long, or gone."""

    kinds: frozenset[str]
    state: str


@dataclass(frozen=True)
class Yard:
    """Jobs, workers, and which of the two owners are disabled, as far as that has gone."""

    jobs: list[Wanted]
    workers: list[WantedWorker]
    disabled: frozenset[bool]
    held: bool


JOBS = st.builds(
    Wanted,
    st.sampled_from(Shape),
    st.booleans(),
    st.sampled_from(ALL_KINDS),
    st.sampled_from(QUEUES),
    st.sampled_from(Priority),
)
WORKERS = st.builds(
    WantedWorker,
    st.frozensets(st.sampled_from(ALL_KINDS), min_size=1),
    st.sampled_from(["alive", "alive", "silent", "gone"]),
)
YARDS = st.builds(
    Yard,
    st.lists(JOBS, min_size=1, max_size=14),
    st.lists(WORKERS, max_size=3),
    st.frozensets(st.booleans(), max_size=1),
    st.booleans(),
)


def test_who_is_said_to_wait_for_its_turn_is_claimed_and_nobody_else(postgres_server: EmbeddedPostgres) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    numbers: list[tuple[int, int]] = []

    @settings(max_examples=60, deadline=None, suppress_health_check=checks)
    @given(YARDS)
    def agrees(yard: Yard) -> None:
        numbers.append(runner.run(_check(url, yard)))

    with asyncio.Runner() as runner:
        made = database(postgres_server)
        url = runner.run(made.__aenter__())
        try:
            agrees()
        finally:
            runner.run(made.__aexit__(None, None, None))
    claimed, left = (sum(some) for some in zip(*numbers, strict=True))
    assert claimed > 10, "too few were claimed to tell anything"
    assert left > 10, "too few were not"


async def _check(url: str, yard: Yard) -> tuple[int, int]:
    """How many were claimed, and how many were not."""
    async with open_engine(url) as engine, Pool(url, READER_SETTINGS, 2) as readers:
        try:
            owners = await _build(engine, yard)
            alive = await _register(engine, yard.workers)
            facts = await _ask(PostgresWaitingJobs(readers, LEASE_SECONDS), engine, owners)
            claimed = await _claim_all(engine, alive)
        finally:
            await engine.execute("TRUNCATE live_jobs, finished_jobs, workers, follows, followed, users CASCADE")
            await engine.execute("DELETE FROM lanes WHERE queue <> 'default'")
    said = {job for job, fact in facts.items() if decide(fact).reason is Reason.WAITING_TURN}
    assert said == {job.id for line in claimed for job in line}
    for line in claimed:
        for number, job in enumerate(line):
            fact = facts[job.id]
            if not fact.runs_alone:
                before = line[:number]
                mine = [one for one in before if owners[one.id] == owners[job.id]]
                assert (fact.ahead_all, fact.ahead_mine) == (number, len(mine))
    return len(said), len(facts) - len(said)


async def _build(engine: Engine, yard: Yard) -> dict[UUID, bool]:
    """Every job with whether it is the viewer's."""
    await engine.execute("INSERT INTO lanes (queue) VALUES ('other')")
    maker = await engine.queue.register("maker", ALL_KINDS, 100)
    jobs: dict[UUID, bool] = {}
    for wanted in sorted(yard.jobs, key=lambda one: one.shape not in CLAIMED_FIRST):
        jobs[await _make(engine, wanted, maker)] = wanted.mine
    await engine.execute("UPDATE workers SET ended_at = now() WHERE id = $1", maker)
    for mine in yard.disabled:
        owner = (engine.viewer if mine else engine.other).key
        await engine.execute("UPDATE users SET disabled_at = now(), held_at = now() WHERE key = $1", owner)
        if yard.held:
            await PostgresHeldJobs(engine.pool, engine.nudges).begin(owner)
    return jobs


async def _make(engine: Engine, wanted: Wanted, maker: int) -> UUID:
    viewer = engine.viewer if wanted.mine else engine.other
    before = await _unfinished(engine, viewer) if wanted.shape is Shape.FOLLOWS else ()
    hours = {Shape.OF_THE_PAST: -1, Shape.OF_LATER: 1, Shape.DUE: 1}.get(wanted.shape)
    run_at = None if hours is None else datetime.now(UTC) + timedelta(hours=hours)
    job = NewJob(
        UUID(int=uuid7().int), viewer.key, wanted.kind, {"value": 1}, wanted.queue, wanted.priority, run_at,
        after=before, follows=before,
    )  # fmt: skip
    await engine.store.submit_together(Order([job]))
    await _shape(engine, job, wanted.shape, maker)
    return job.id


async def _unfinished(engine: Engine, viewer: Viewer) -> tuple[UUID]:
    """A job that others can wait for, out of line."""
    job_id = await engine.submit(viewer=viewer)
    await engine.execute("UPDATE live_jobs SET place = NULL, wait = 4 WHERE id = $1", job_id)
    return (job_id,)


async def _shape(engine: Engine, job: NewJob, shape: Shape, maker: int) -> None:
    if shape in CLAIMED_FIRST:  # nothing else can be claimed yet
        lane = await engine.store.lane_of(job.queue)
        assert lane is not None
        (claimed,) = await engine.queue.claim(maker, lane, ALL_KINDS, 10)
        if shape is Shape.BACKS_OFF:
            assert await engine.queue.fail(maker, [Failed(claimed, JobError("boom", "it broke"), 3600.0)])
        return
    change = {
        Shape.DUE: "run_at = now() - interval '1 second'",
        Shape.LIMITED: "place = NULL, wait = 4",
        Shape.PARKED: "place = NULL, wait = 5",
        Shape.LOST_ONCE: "crashes = 1",
        Shape.LOST_TWICE: "crashes = 2",
    }.get(shape)
    if change is not None:
        await engine.execute(f"UPDATE live_jobs SET {change} WHERE id = $1", job.id)  # noqa: S608 - ours


async def _register(engine: Engine, workers: Sequence[WantedWorker]) -> list[tuple[int, list[str]]]:
    """The workers that are alive, with their kinds."""
    alive: list[tuple[int, list[str]]] = []
    for number, worker in enumerate(workers):
        kinds = sorted(worker.kinds)
        registered = await engine.queue.register(f"worker {number}", kinds, 10)
        if worker.state == "silent":
            await engine.execute("UPDATE workers SET beat_at = now() - interval '1 minute' WHERE id = $1", registered)
        elif worker.state == "gone":
            await engine.queue.unregister(registered)
        else:
            alive.append((registered, kinds))
    return alive


async def _ask(waiting: PostgresWaitingJobs, engine: Engine, owners: dict[UUID, bool]) -> dict[UUID, WaitingFacts]:
    """Of every job, by its owner; the other one is told nothing."""
    told: dict[UUID, WaitingFacts] = {}
    for job, mine in owners.items():
        owner, stranger = (engine.viewer, engine.other) if mine else (engine.other, engine.viewer)
        fact = await waiting.facts(owner, job)
        assert fact is not None
        assert await waiting.facts(stranger, job) is None
        told[job] = fact
    return told


async def _claim_all(engine: Engine, alive: Sequence[tuple[int, list[str]]]) -> list[list[ClaimedJob]]:
    """What the live workers get, lane by lane: each in turn, what was lost twice last."""
    if not alive:
        return []
    queue = PostgresWorkQueue(engine.pool, engine.nudges)  # as of a process that has just started
    worker, kinds = alive[0][0], sorted({kind for _, served in alive for kind in served})
    lines: list[list[ClaimedJob]] = []
    for lane in await queue.lanes():
        line: list[ClaimedJob] = []
        while claimed := await queue.claim(worker, lane, kinds, 3):
            line += claimed
        while (alone := await queue.claim_alone(worker, lane, kinds)) is not None:
            line.append(alone)
        lines.append(line)
    return lines
