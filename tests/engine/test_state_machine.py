"""All verbs in any order, by two workers and two owners, against a model: what the engine may never get wrong.

The clock is the database's; a time is passed in by moving what it is compared with.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from jobyard.domain.job import MOVES, ClaimedJob, JobError, JobState, Priority, Verb
from jobyard.ports import Completed, Failed, Snoozed
from jobyard.postgres.embedded import EmbeddedPostgres
from tests.conftest import database
from tests.engine.conftest import KINDS, Engine, open_engine

T = TypeVar("T")
ERROR = JobError("boom", "it broke")
MAX_ATTEMPTS = 3
RUNNING = JobState.RUNNING


@dataclass
class Model:
    """What a job should look like."""

    owner: int
    state: JobState
    run: int = 0
    attempt: int = 0
    max_attempts: int = MAX_ATTEMPTS
    crashes: int = 0
    worker: int | None = None
    cancel_asked: bool = False

    def move(self, verb: Verb) -> None:
        """Follow the table; a move that is not in it is a KeyError."""
        self.state = MOVES[self.state, verb]
        if self.state is not RUNNING:
            self.worker = None


class Verbs(RuleBasedStateMachine):
    """Two workers, two owners, any order."""

    url: ClassVar[str]
    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.engine: Engine = self.do(self.stack.enter_async_context(open_engine(self.url)))
        self.jobs: dict[UUID, Model] = {}
        self.workers: list[int] = []
        self.finished: list[UUID] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Await it here."""
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        """Empty the database for the next example."""
        self.do(self.engine.execute("TRUNCATE live_jobs, finished_jobs, workers, users CASCADE"))
        self.do(self.stack.aclose())
        self.loop.close()

    @initialize()
    def two_workers(self) -> None:
        """Both serve the kind."""
        self.workers = [self.do(self.engine.queue.register(name, KINDS, 5)) for name in ("first", "second")]

    @rule(mine=st.booleans(), priority=st.sampled_from(Priority))
    def submit(self, mine: bool, priority: Priority) -> None:
        """Somebody submits."""
        viewer = self.engine.viewer if mine else self.engine.other
        job_id = self.do(self.engine.submit(viewer=viewer, priority=priority, max_attempts=MAX_ATTEMPTS))
        self.jobs[job_id] = Model(viewer.key, JobState.PENDING)

    @rule(target=runs, which=st.integers(0, 1))
    def claim(self, which: int) -> tuple[int, ClaimedJob] | None:
        """A worker claims one."""
        worker = self.workers[which]
        claimed = self.do(self.engine.claim(worker, 1))
        alone = None if claimed or self._holds(worker) else self.do(
            self.engine.queue.claim_alone(worker, self.engine.lane, KINDS)
        )  # fmt: skip
        claimed = claimed or ([alone] if alone else [])
        for job in claimed:
            model = self.jobs[job.id]
            assert model.crashes < 2 or job is alone
            model.move(Verb.CLAIM)
            model.run, model.attempt, model.worker = model.run + 1, model.attempt + 1, worker
            assert (job.run, job.attempt) == (model.run, model.attempt)
        if not claimed:
            assert not [m for m in self.jobs.values() if m.state is JobState.PENDING and m.crashes < 2]
        return (worker, claimed[0]) if claimed else None

    def _holds(self, worker: int) -> bool:
        return any(model.worker == worker for model in self.jobs.values())

    def _is_fenced_in(self, held: tuple[int, ClaimedJob]) -> bool:
        worker, job = held
        model = self.jobs[job.id]
        return model.state is RUNNING and model.worker == worker and model.run == job.run

    @rule(held=runs)
    def complete(self, held: tuple[int, ClaimedJob] | None) -> None:
        """A worker reports a result: in time, or long after it lost the job."""
        if held is None:
            return
        wins = self._is_fenced_in(held)
        done = self.do(self.engine.queue.complete(held[0], [Completed(held[1], b"1")]))
        assert done == ({held[1].id} if wins else set())
        if wins:
            self.jobs[held[1].id].move(Verb.COMPLETE)
            self.finished.append(held[1].id)

    @rule(held=runs, again=st.booleans())
    def fail(self, held: tuple[int, ClaimedJob] | None, again: bool) -> None:
        """A worker reports a failure."""
        if held is None:
            return
        wins, model = self._is_fenced_in(held), self.jobs[held[1].id]
        done = self.do(self.engine.queue.fail(held[0], [Failed(held[1], ERROR, 5.0 if again else None)]))
        assert done == ({held[1].id} if wins else set())
        if wins:
            model.move(Verb.CANCEL if model.cancel_asked else Verb.RETRY_LATER if again else Verb.FAIL)

    @rule(held=runs)
    def snooze(self, held: tuple[int, ClaimedJob] | None) -> None:
        """A handler is not ready yet."""
        if held is None:
            return
        wins, model = self._is_fenced_in(held), self.jobs[held[1].id]
        assert self.do(self.engine.queue.snooze(held[0], Snoozed(held[1], 60))) == wins
        if wins:
            model.attempt -= not model.cancel_asked
            model.move(Verb.CANCEL if model.cancel_asked else Verb.SNOOZE)

    @rule(held=consumes(runs))
    def release(self, held: tuple[int, ClaimedJob] | None) -> None:
        """A worker shuts down and gives a job back."""
        if held is None:
            return
        wins, model = self._is_fenced_in(held), self.jobs[held[1].id]
        assert self.do(self.engine.queue.release(held[0], [held[1]])) == ({held[1].id} if wins else set())
        if wins:
            model.attempt -= not model.cancel_asked
            model.move(Verb.CANCEL if model.cancel_asked else Verb.RELEASE)

    @rule(held=runs)
    def progress(self, held: tuple[int, ClaimedJob] | None) -> None:
        """A worker reports progress: the row moves."""
        if held is not None:
            accepted = self.do(self.engine.queue.progress(held[0], [(held[1], b'{"fraction":0.5,"message":null}')]))
            assert bool(accepted) == self._is_fenced_in(held)

    @rule(which=st.integers(0, 1))
    def lose(self, which: int) -> None:
        """A worker misses its lease; it comes back under a new number, with its old runs in hand."""
        worker = self.workers[which]
        self.do(self.engine.lose(worker))
        for model in [model for model in self.jobs.values() if model.worker == worker]:
            model.attempt -= 1
            model.crashes += 1
            model.move(Verb.CANCEL if model.cancel_asked else Verb.FAIL if model.crashes > 2 else Verb.RELEASE)
        self.workers[which] = self.do(self.engine.queue.register("again", KINDS, 5))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """An owner cancels, or tries to cancel somebody else's job."""
        job_id, viewer, model = self._somebodys(data)
        changed = self.do(self.engine.store.cancel(viewer, [job_id])) if model else []
        if model is None:
            return
        may = model.owner == viewer.key and (model.state, Verb.CANCEL) in MOVES
        assert changed == ([job_id] if may else [])
        if may and model.state is RUNNING:
            model.cancel_asked = True
        elif may:
            model.move(Verb.CANCEL)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        """An owner retries by hand, or tries to."""
        job_id, viewer, model = self._somebodys(data)
        if model is None:
            return
        may = model.owner == viewer.key and (model.state, Verb.RETRY) in MOVES
        assert self.do(self.engine.store.retry(viewer, job_id)) == may
        if may:
            if model.state.is_finished:
                model.max_attempts, model.crashes = model.attempt + MAX_ATTEMPTS, min(model.crashes, 2)
            model.cancel_asked = False
            model.move(Verb.RETRY)

    @rule()
    def time_passes(self) -> None:
        """Everything that waits for its time or its backoff is due."""
        self.do(self.engine.execute("UPDATE live_jobs SET run_at = now() - interval '1 s' WHERE wait IN (1, 2)"))
        self.do(self.engine.upkeep.promote(1000))
        for model in self.jobs.values():
            if (model.state, Verb.PROMOTE) in MOVES:
                model.move(Verb.PROMOTE)

    def _somebodys(self, data: st.DataObject) -> tuple[UUID, Any, Model | None]:
        if not self.jobs:
            return UUID(int=0), self.engine.viewer, None
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        return job_id, data.draw(st.sampled_from([self.engine.viewer, self.engine.other])), self.jobs[job_id]

    @invariant()
    def storage_agrees_with_the_model(self) -> None:
        """Every job is there once, in the state that the table of moves says."""
        rows = self.do(self._rows())
        assert len(rows) == len(self.jobs) == len({row["id"] for row in rows})
        for row in rows:
            model = self.jobs[row["id"]]
            seen = (row["state"], row["run"], row["attempt"], row["max_attempts"], row["crashes"])
            assert seen == (model.state.value, model.run, model.attempt, model.max_attempts, model.crashes)
            if model.state is RUNNING:
                assert (row["worker_id"], row["cancel_asked"]) == (model.worker, model.cancel_asked)

    async def _rows(self) -> list[Any]:
        async with self.engine.pool.acquire() as connection:
            return await connection.fetch("SELECT * FROM jobs")


def test_any_order_of_verbs(postgres_server: EmbeddedPostgres) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    options = settings(max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=checks)
    with asyncio.Runner() as runner:
        made = database(postgres_server)
        Verbs.url = runner.run(made.__aenter__())
        try:
            run_state_machine_as_test(Verbs, settings=options)
        finally:
            runner.run(made.__aexit__(None, None, None))
