"""Runs handlers: one task a slot, each taking the next claimed job as soon as it is free."""

import asyncio
import math
import random
from typing import Any

import msgspec

from jobyard.domain.job import JobError
from jobyard.domain.outcome import Snooze
from jobyard.handlers.registry import Handler, Registry
from jobyard.observability import CURRENT_JOB, JOB_RUN_SECONDS
from jobyard.ports import Failed, Snoozed
from jobyard.services import job_outcome
from jobyard.worker.held import Held, Outcome, Run
from jobyard.worker.options import WorkerOptions

SMOOTHING = 0.05

RUNS_A_TURN = 64
"""A handler that never waits gives the loop back after so many runs."""


class Executor:
    """The slots. A run's end is put into `held.outcomes`, for the recorder."""

    def __init__(self, registry: Registry, held: Held, options: WorkerOptions) -> None:
        self._held = held
        self._options = options
        self._kinds = {kind.name: _Runnable(kind.name, kind.handler, kind.payload_type) for kind in registry.all()}

    async def slot(self) -> None:
        """Run one job after the other, until cancelled."""
        held, clock = self._held, asyncio.get_running_loop().time
        task = asyncio.current_task()
        turn = 0
        while True:
            run = await held.next()
            if run.stopped:
                continue
            began = clock()
            run.task, run.expires_at = task, began + run.job.options.timeout_seconds
            CURRENT_JOB.set(run.job.id)
            await self._run(run)
            CURRENT_JOB.set(None)
            held.mean_seconds += SMOOTHING * (clock() - began - held.mean_seconds)
            turn += 1
            if turn % RUNS_A_TURN == 0:
                await asyncio.sleep(0)

    async def _run(self, run: Run) -> None:
        outcome: Outcome | None = None
        kind = self._kinds.get(run.job.kind)
        try:
            if kind is None:  # the claim names our kinds alone: this is a bug, and says so in the job
                raise LookupError(f"this worker has no handler for kind {run.job.kind!r}")  # noqa: TRY301
            began = run.expires_at - run.job.options.timeout_seconds
            result = await kind.handler(kind.decode(run.job.payload), run)
            kind.seconds.observe(asyncio.get_running_loop().time() - began)
            outcome = job_outcome.completed(run.job, result, self._options.limits)
        except Snooze as wish:
            outcome = Snoozed(run.job, max(wish.seconds, 0))
        except asyncio.CancelledError:
            outcome = self._after_cancel(run)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its attempt's outcome
            outcome = job_outcome.failed(run.job, error, _jitter(), self._options.limits)
        finally:
            self._leave(run)
        if outcome is not None:
            self._held.end(run, outcome)

    def _after_cancel(self, run: Run) -> Outcome | None:
        """Who cancelled: a time-out, the owner, ourselves at a stop (nothing to record), or whoever ends the slot."""
        if run.cancel_requested:
            return Failed(run.job, JobError("cancelled", "stopped as its owner asked"), None)
        if run.expired:
            return job_outcome.timed_out(run.job, _jitter(), self._options.limits)
        if run.stopped:
            return None
        raise asyncio.CancelledError

    def _leave(self, run: Run) -> None:
        task, run.task, run.expires_at = run.task, None, math.inf
        self._held.left_slot.set()
        while task is not None and task.cancelling():
            task.uncancel()

    async def end_expired(self) -> float:
        """Cancel runs whose time-out is over: again at every look, for a handler that swallows it."""
        now = asyncio.get_running_loop().time()
        for run in self._held.runs.values():
            if run.expires_at <= now and run.task is not None:
                run.expired = True
                run.task.cancel()
        return self._options.expiry_seconds


class _Runnable:
    """What a run needs of its kind, looked up once."""

    __slots__ = ("decode", "handler", "seconds")

    def __init__(self, name: str, handler: Handler, payload_type: type[Any]) -> None:
        self.handler = handler
        self.decode = msgspec.json.Decoder(payload_type).decode
        self.seconds = JOB_RUN_SECONDS.labels(name)


def _jitter() -> float:
    return random.uniform(-1, 1)  # noqa: S311 - spreads retries, guards nothing
