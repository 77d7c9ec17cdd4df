"""A worker process: starts the loops, and at a stop ends them in the order that loses nothing.

Stop: claims end at once, jobs that have not begun are given back, running ones get the grace time and are then given
back too; none of them loses an attempt. What had ended is recorded. Whatever a step of the stop meets, the next one is
taken. A loop that ends by itself takes the process down.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from time import perf_counter
from uuid import UUID

import structlog

from jobyard.domain.errors import Unavailable
from jobyard.domain.job import JobError
from jobyard.handlers.registry import Audience, Registry
from jobyard.ports import (
    Beat,
    Claimable,
    Failed,
    JobNote,
    LiveCounts,
    LogSink,
    NudgeListener,
    Nudges,
    Upkeep,
    WorkQueue,
)
from jobyard.worker.alone import Alone
from jobyard.worker.chores import Chore, ChoreRunner
from jobyard.worker.claimer import Claimer
from jobyard.worker.counts import Counts
from jobyard.worker.executor import Executor
from jobyard.worker.following import Following
from jobyard.worker.heartbeat import Heartbeat, OpenQueue
from jobyard.worker.held import Held, Run
from jobyard.worker.last_resort import LastResort
from jobyard.worker.log_writer import LogWriter
from jobyard.worker.options import WorkerOptions
from jobyard.worker.recorder import Recorder
from jobyard.worker.slots import Slots
from jobyard.worker.upkeep import Leadership, Promoter, Pruner, Rescuer, Roller
from jobyard.worker.wait import either, repeat
from jobyard.worker.watchdog import Watchdog

log = structlog.get_logger()

RECORD_SECONDS = 4.0
"""For what is to be recorded and given back at the end. While the database is away it is asked again."""

LAST_SECONDS = 1.0
"""For what is done all the same by others, when the lease is over."""

AGAIN_SECONDS = 0.25
CLEAN_UP_SECONDS = 2.0
MOST_STACK = 2_000
"""Characters of a stack in a timeline."""


class Worker:
    """One worker. `run` returns when `stop` is set and all is given back."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of its own
        self,
        queue: WorkQueue,
        open_queue: OpenQueue,
        upkeep: Upkeep,
        nudges: Nudges,
        listener: NudgeListener,
        logs: LogSink,
        registry: Registry,
        options: WorkerOptions,
        chores: Mapping[str, Chore] | None = None,
        counts: LiveCounts | None = None,
    ) -> None:
        self._queue = queue
        self._listener = listener
        self._options = options
        self._kinds = [kind.name for kind in registry.all() if kind.audience is not Audience.OFF]
        self._held = Held()
        self._loop = asyncio.get_running_loop()
        self._alone = Alone(queue, self._held, self._kinds, options)
        self._claimer = Claimer(queue, nudges, self._held, self._kinds, options, self._alone)
        self._executor = Executor(registry, self._held, options)
        self._slots = Slots(self._executor.slot, options.slots)
        self._logs = LogWriter(logs, self._held, options)
        self._recorder = Recorder(queue, nudges, self._held, options, self._logs)
        self._upkeep = upkeep
        self._chores = chores or {}
        self._counts = counts
        self._watchdog = Watchdog(
            self._executor.code,
            self._blocked,
            blocked_seconds=options.blocked_seconds,
            stuck_seconds=options.stuck_seconds,
            last_resort=LastResort(options.stuck_seconds, options.lease_seconds),
        )
        self._stop = asyncio.Event()
        self._has_left = False
        self._coming_back: asyncio.Task[None] | None = None
        self._following: Following | None = None
        self._heartbeat = Heartbeat(
            open_queue, options.beat_seconds, lambda: self._held.worker, self._running, self._heard
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`. Raises what ended a loop that should not have ended."""
        self._stop = stop
        await self._register(stop)
        if stop.is_set():
            return
        log.info("worker started", worker=self._options.name, slots=self._options.slots, kinds=self._kinds)
        self._heartbeat.start()
        self._watchdog.start()
        ending = asyncio.Event()  # of the loops that must outlive the claims
        async with self._subscribed(), self._with_slots(), asyncio.TaskGroup() as group:
            group.create_task(self._slots.watch(ending), name="slots")
            self._start(group, "claimer", self._claimer.step, stop)
            self._start(group, "sweeper", self._claimer.sweep, stop)
            self._start(group, "giver-back", self._claimer.give_back, stop)
            self._start(group, "alone", self._alone.look, stop)
            self._start(group, "recorder", self._recorder.step, ending)
            self._start(group, "progress", self._recorder.report_progress, ending)
            self._start(group, "notes", self._recorder.write_notes, ending)
            self._start(group, "logs", self._logs.step, ending)
            self._start(group, "time-outs", self._tick, ending)
            self._start_upkeep(group, stop)
            too_many = False
            while not too_many and not await either(stop, self._options.beat_seconds):
                self._check_heartbeat()
                too_many = self._too_many_left_behind()
            stop.set()
            self._held.work.set()  # whoever waits for work or for room sees the stop
            self._held.room.set()
            if self._following is not None:
                self._following.wake()
            await self._drain()
            self._watchdog.stop()  # from here on nobody ticks
            ending.set()
            self._held.ended.set()
        await self._leave()
        if too_many:
            raise RuntimeError("too many handlers do not stop: this process ends, for what they hold")

    def _start_upkeep(self, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        upkeep, options = self._upkeep, self._options
        leadership = Leadership(upkeep, self._held, options.lease_seconds)
        self._start(group, "leadership", leadership.step, stop)
        self._start(group, "promoter", Promoter(upkeep, leadership, self._held, options).step, stop)
        self._start(group, "rescuer", Rescuer(upkeep, leadership, options).step, stop)
        self._start(group, "roller", Roller(upkeep, leadership).step, stop)
        for name, chore in self._chores.items():
            self._start(group, name, ChoreRunner(chore, leadership).step, stop)
        if self._counts is not None:
            group.create_task(Counts(self._counts, leadership).run(stop), name="counts")
        self._following = Following(upkeep.followers, leadership)
        self._start(group, "followers", self._following.step, stop)
        self._start(group, "pruner", Pruner(upkeep, leadership, options.retention).step, stop)

    async def _tick(self) -> float:
        self._watchdog.tick()
        for run in self._executor.end_expired():
            self._leave_behind(run, self._executor.timed_out(run))
        return self._options.expiry_seconds

    def _check_heartbeat(self) -> None:
        """A process that can't do its work any more ends, loudly: its jobs run elsewhere."""
        if not self._heartbeat.is_alive:
            raise RuntimeError("the heartbeat's thread has ended")
        if self._coming_back is not None and self._coming_back.done():
            self._coming_back.result()  # raises why it did not come back: it would live on and claim nothing

    def _too_many_left_behind(self) -> bool:
        """Whether more handlers than slots go on that should not: then the rest is given back, as at a stop."""
        return self._executor.threads.given_up.is_set() or self._slots.left_behind > self._options.slots

    @staticmethod
    def _start(group: asyncio.TaskGroup, name: str, step: Callable[[], Awaitable[float]], stop: asyncio.Event) -> None:
        group.create_task(repeat(name, step, stop), name=name)

    async def _register(self, stop: asyncio.Event) -> None:
        while not self._held.worker and not stop.is_set():
            try:
                self._held.worker = await self._queue.register(self._options.name, self._kinds, self._options.slots)
            except Unavailable as error:
                log.warning("the database is away", loop="register", error=str(error.__cause__ or error))
                await either(stop, self._options.poll_seconds)

    @contextlib.asynccontextmanager
    async def _with_slots(self) -> AsyncGenerator[None]:
        self._slots.start()
        try:
            yield
        finally:
            self._executor.ending = True
            await self._slots.end(CLEAN_UP_SECONDS)

    @contextlib.asynccontextmanager
    async def _subscribed(self) -> AsyncGenerator[None]:
        ends = [
            self._listener.on_work(self._work_appeared),
            self._listener.on_cancel(self._cancel),
            self._listener.on_ended(self._jobs_ended),
        ]
        try:
            yield
        finally:
            for end in ends:
                end()

    # What the heartbeat and the nudges say --------------------------------------------------------------------------
    def _work_appeared(self, claimable: Claimable) -> None:
        self._queue.appeared(claimable)
        self._held.work.set()

    def _jobs_ended(self, owners: Iterable[int]) -> None:
        if self._following is not None:
            self._following.ended(owners)

    def _running(self) -> list[tuple[UUID, int]]:
        """In the heartbeat's thread: a copy of what is held."""
        return [(run.job.id, run.job.owner) for run in [*self._held.runs.values()]]

    def _heard(self, worker: int, beat: Beat) -> None:
        """In the heartbeat's thread."""
        if not beat.alive:
            self._loop.call_soon_threadsafe(self._lost, worker)
        for job_id in beat.cancel_requested:
            self._loop.call_soon_threadsafe(self._cancel, worker, job_id, None)

    def _blocked(self, run: Run | None, stack: str, seconds: float) -> None:
        """In the watchdog's thread."""
        if run is None:
            log.warning("the event loop is blocked, by no handler", for_seconds=round(seconds, 1), stack=stack)
            return
        job = run.job
        log.warning(
            "a handler blocks the event loop: make it a plain `def`, or let it await",
            job_id=str(job.id),
            kind=job.kind,
            for_seconds=round(seconds, 1),
            stack=stack,
        )
        detail: dict[str, str | float | None] = {"seconds": round(seconds, 1), "stack": stack[-MOST_STACK:]}
        self._heartbeat.tell(JobNote(job.id, job.owner, "loop_blocked", job.run, job.attempt, detail))

    def _lost(self, worker: int) -> None:
        """Others took us for dead, and have our jobs: drop them all, and come back as a new worker."""
        if worker != self._held.worker or self._has_left:
            return
        log.error("this worker missed its lease: its jobs run elsewhere now", worker=self._options.name)
        self._held.worker = 0
        lost = [*self._held.runs.values()]
        for run in lost:
            run.stop()
            self._loop.call_later(self._options.cancel_again_seconds, self._leave_behind, run, _cancelled(run))
        self._held.forget(lost)
        self._coming_back = self._loop.create_task(self._register(self._stop), name="register")

    def _cancel(self, worker: int, job_id: UUID, number: int | None) -> None:
        """A job should stop: ask its handler, and insist a second later. One that has not begun ends at once."""
        run = self._held.runs.get(job_id)
        if run is None or run.ended or run.worker != worker or number not in (None, run.run) or run.cancel_requested:
            return
        run.cancel_requested = True
        if run.task is None and not run.stopped:
            run.stopped = True
            self._held.end(run, _cancelled(run))
            return
        self._loop.call_later(self._options.cancel_patience_seconds, self._insist, run)

    def _insist(self, run: Run) -> None:
        if run.task is not None:
            run.stop()
            self._loop.call_later(self._options.cancel_left_seconds, self._leave_behind, run, _cancelled(run))
            self._loop.call_later(self._options.cancel_again_seconds, self._insist, run)

    def _leave_behind(self, run: Run, outcome: Failed) -> None:
        """Its handler swallows the stop, or takes long to clean up: neither its job nor its slot waits for it."""
        if run.task is None or run.left_behind:
            return
        log.warning("a handler that was stopped goes on and is left behind", job_id=str(run.job.id), kind=run.job.kind)
        run.left_behind = True
        run.seconds = run.job.options.timeout_seconds if outcome.timed_out else max(perf_counter() - run.began, 0)
        self._slots.leave_behind(run.task)
        if self._held.runs.get(run.job.id) is run:
            self._held.end(run, outcome)

    # Stopping -------------------------------------------------------------------------------------------------------
    async def _drain(self) -> None:
        unbegun: list[Run] = []
        while self._held.ready:
            run = self._held.ready.popleft()
            if not run.stopped:
                run.stopped = True
                unbegun.append(run)
        await self._finish("give back what has not begun", lambda: self._release(unbegun), self._in(LAST_SECONDS))
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(contextlib.suppress(TimeoutError))
            await stack.enter_async_context(asyncio.timeout(self._options.grace_seconds))
            while any(run.task is not None for run in self._held.runs.values()):
                self._held.left_slot.clear()
                await self._held.left_slot.wait()
        running = [run for run in self._held.runs.values() if run.task is not None]
        for run in running:
            run.stop()
        async with contextlib.AsyncExitStack() as stack:  # its clean-up may take a moment: not while it runs elsewhere
            stack.enter_context(contextlib.suppress(TimeoutError))
            await stack.enter_async_context(asyncio.timeout(CLEAN_UP_SECONDS))
            while any(run.task is not None for run in running):
                self._held.left_slot.clear()
                await self._held.left_slot.wait()
        await self._finish("give back what runs", lambda: self._release(running), self._in(LAST_SECONDS))

    async def _release(self, runs: list[Run]) -> None:
        """Give back those that have no outcome. What could not be stays held: `_leave` tries again."""
        for worker in {run.worker for run in runs}:
            mine = [run for run in runs if run.worker == worker and not run.ended]
            if mine:
                log.info("jobs are given back", jobs=len(mine))
                await self._queue.release(worker, [run.job for run in mine])
                self._held.forget(mine)

    async def _leave(self) -> None:
        if self._coming_back is not None:  # sees the stop; a number that came after `unregister` would stay alive
            await asyncio.wait([self._coming_back], timeout=RECORD_SECONDS)
        try:
            until = self._in(RECORD_SECONDS)
            await self._finish("record what has ended", self._recorder.flush, until)
            await self._finish("give back the rest", self._give_back_rest, max(until, self._in(LAST_SECONDS)))
            self._has_left, worker = True, self._held.worker  # a beat after `unregister` finds nobody
            until = self._in(LAST_SECONDS)
            await self._finish("unregister", lambda: self._queue.unregister(worker), until)
            await self._finish("resign", lambda: self._upkeep.resign(worker), until)
        finally:
            await self._executor.close()
            self._watchdog.stop()
            self._heartbeat.stop()
        log.info("worker stopped", worker=self._options.name)

    async def _give_back_rest(self) -> None:
        """What was claimed amid the stop, and what could not be given back before."""
        await self._claimer.settle()
        await self._release([*self._held.runs.values()])

    def _in(self, seconds: float) -> float:
        return self._loop.time() + seconds

    @staticmethod
    async def _finish(step: str, do: Callable[[], Awaitable[object]], until: float) -> None:
        """Do a step of the stop; again, until then, while the database is away. Whatever it meets ends it alone."""
        try:
            async with asyncio.timeout_at(until):
                while True:
                    try:
                        await do()
                    except Unavailable as error:
                        log.warning("the database is away", loop=step, error=str(error.__cause__ or error))
                    else:
                        return
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            log.warning("a step of the stop was not done in time: what it leaves runs again elsewhere", step=step)
        except Exception:  # the steps after it are owed all the same
            log.exception("a step of the stop failed: what it leaves runs again elsewhere", step=step)


def _cancelled(run: Run) -> Failed:
    return Failed(run.job, JobError("cancelled", "stopped as its owner asked"), None)
