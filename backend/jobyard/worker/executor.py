"""Runs handlers: one task a slot, each taking the next claimed job as soon as it is free."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from time import perf_counter
from types import CodeType
from typing import Any, TypeAlias

import msgspec

from jobyard.domain.job import JobError
from jobyard.handlers.registry import Kind, Registry, RunsIn
from jobyard.observability import CURRENT_JOB
from jobyard.ports import Failed, Snoozed
from jobyard.services import job_outcome
from jobyard.worker.held import Held, Outcome, Run
from jobyard.worker.options import WorkerOptions
from jobyard.worker.processes import Processes
from jobyard.worker.threads import Threads

Caller: TypeAlias = Callable[[Run], Awaitable[Any]]
"""Runs the handler of a kind with a run's payload, wherever it runs."""

SMOOTHING = 0.05

RUNS_A_TURN = 64
"""A handler that never waits gives the loop back after so many runs."""


class Executor:
    """The slots. A run's end is put into `held.outcomes`, for the recorder."""

    def __init__(self, registry: Registry, held: Held, options: WorkerOptions) -> None:
        self._held = held
        self._options = options
        self.threads = Threads(options.slots)
        self.ending = False
        """The slots are being ended: what is cancelled from here on has no outcome."""
        self._processes = Processes(options.processes)
        self._callers = {kind.name: self._caller(kind) for kind in registry.all()}

    async def close(self) -> None:
        """End the processes of CPU-bound handlers."""
        await self._processes.close()

    def _caller(self, kind: Kind) -> Caller:
        call = self._plain_caller(kind)
        if not kind.secret:
            return call

        def hiding(run: Run) -> Awaitable[Any]:
            run.hide = kind.secret.hider(msgspec.json.decode(run.job.payload))
            return call(run)

        return hiding

    def _plain_caller(self, kind: Kind) -> Caller:
        decode = msgspec.json.Decoder(kind.payload_type).decode
        match kind.runs_in:
            case RunsIn.LOOP:
                return lambda run: kind.handler(decode(run.job.payload), run)
            case RunsIn.THREAD:
                return lambda run: self.threads.call(kind.handler, decode(run.job.payload), run)
            case RunsIn.PROCESS:
                return lambda run: self._processes.call(kind.handler, kind.payload_type, run)

    async def slot(self) -> None:
        """Run one job after the other, until cancelled; after a run that was, another slot goes on.

        A cancel that a handler asked for by itself and left unheeded must not hit the next one's run.
        """
        held, ready, task = self._held, self._held.ready, asyncio.current_task()
        turn = 0
        while True:
            if not ready:
                CURRENT_JOB.set(None)
                await held.some_ready()
                continue
            run = ready.popleft()
            if run.stopped:
                continue
            run.task = task
            CURRENT_JOB.set(run.job.id)
            await self._run(run)
            if run.left_behind or (task is not None and task.cancelling()):
                return
            turn += 1
            if turn % RUNS_A_TURN == 0:
                await asyncio.sleep(0)

    async def _run(self, run: Run) -> None:
        job, held = run.job, self._held
        outcome: Outcome | None = None
        run.began = began = perf_counter()
        try:
            call = self._callers.get(job.kind)
            if call is None:  # the claim names our kinds alone: this is a bug, and says so in the job
                raise LookupError(f"this worker has no handler for kind {job.kind!r}")  # noqa: TRY301
            result = await call(run)
            outcome = job_outcome.completed(job, result, self._options.limits)
        except asyncio.CancelledError:
            outcome = self._after_cancel(run)
        except GeneratorExit:  # the task is collected, with its loop
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is its attempt's outcome
            outcome = self._raised(run, error)
        finally:
            run.seconds = seconds = perf_counter() - began
            held.mean_seconds += SMOOTHING * (seconds - held.mean_seconds)
            self._leave(run)
        if outcome is not None and not run.ended:
            held.end(run, outcome)

    def _after_cancel(self, run: Run) -> Outcome | None:
        """Who cancelled: a time-out, the owner, ourselves at a stop (nothing to record), or the handler itself."""
        if run.cancel_requested:
            return Failed(run.job, JobError("cancelled", "stopped as its owner asked"), None)
        if run.expired:
            return self.timed_out(run)
        if run.stopped:
            return None
        if self.ending:
            raise asyncio.CancelledError
        return self._raised(run, RuntimeError("the handler raised CancelledError by itself"))

    def _raised(self, run: Run, error: BaseException) -> Failed | Snoozed:
        return job_outcome.raised(run.job, error, _jitter(), self._options.limits, run.hide)

    def _leave(self, run: Run) -> None:
        run.task, run.began = None, math.inf
        self._held.left_slot.set()

    @property
    def code(self) -> CodeType:
        """The function in whose frame, on a stack, the run stands that executes there."""
        return self._run.__code__

    def end_expired(self) -> list[Run]:
        """Cancel runs whose time-out is over. Returns those that were cancelled for it 10 s ago, and go on."""
        now, deaf = perf_counter(), list[Run]()
        for run in self._held.runs.values():
            options = run.job.options
            if run.task is not None and now - run.began >= options.timeout_seconds:
                if run.expired:
                    deaf.append(run)
                run.expired, run.began = True, now + self._options.cancel_again_seconds - options.timeout_seconds
                run.task.cancel()
        return deaf

    def timed_out(self, run: Run) -> Failed:
        """What becomes of a run whose time-out is over."""
        return job_outcome.timed_out(run.job, _jitter(), self._options.limits)


def _jitter() -> float:
    return random.uniform(-1, 1)  # noqa: S311 - spreads retries, guards nothing
