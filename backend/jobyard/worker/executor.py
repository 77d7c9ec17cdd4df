"""Runs handlers: one task a slot, each taking the next claimed job as soon as it is free."""

import asyncio
import random
from typing import Any

import msgspec
import structlog

from jobyard.domain.job import JobError
from jobyard.domain.outcome import Snooze
from jobyard.handlers.registry import Kind, Registry
from jobyard.observability import JOB_RUN_SECONDS
from jobyard.ports import Failed, Snoozed
from jobyard.services import job_outcome
from jobyard.worker.held import Held, Outcome, Run
from jobyard.worker.options import WorkerOptions

log = structlog.get_logger()

SMOOTHING = 0.05


class Executor:
    """The slots. A run's end is put into `held.outcomes`, for the recorder."""

    def __init__(self, registry: Registry, held: Held, options: WorkerOptions) -> None:
        self._registry = registry
        self._held = held
        self._options = options
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}

    async def slot(self) -> None:
        """Run one job after the other, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            run = await self._held.ready.get()
            if run.stopped:
                continue
            began = loop.time()
            with structlog.contextvars.bound_contextvars(job_id=str(run.job.id)):
                await self._run(run)
            took = loop.time() - began
            self._held.mean_seconds += SMOOTHING * (took - self._held.mean_seconds)
            JOB_RUN_SECONDS.labels(run.job.kind).observe(took)

    async def _run(self, run: Run) -> None:
        task = asyncio.current_task()
        run.task = task
        scope = asyncio.timeout(run.job.options.timeout_seconds)
        outcome: Outcome | None = None
        try:
            async with scope:
                result = await self._call(run)
            outcome = job_outcome.completed(run.job, result, self._options.limits)
        except Snooze as wish:
            outcome = Snoozed(run.job, max(wish.seconds, 0))
        except asyncio.CancelledError:
            if not run.stopped:
                raise  # the slot itself is being ended
            if run.cancel_requested:
                outcome = Failed(run.job, JobError("cancelled", "stopped as its owner asked"), None)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its attempt's outcome
            outcome = self._failure(run, error, expired=scope.expired())
        finally:
            run.task = None
            self._held.left_slot.set()
            while task is not None and task.cancelling():
                task.uncancel()
        if outcome is not None:
            self._held.end(run, outcome)

    async def _call(self, run: Run) -> Any:
        kind = self._registry.get(run.job.kind)
        if kind is None:  # the claim names our kinds alone: this is a bug, and says so in the job
            raise LookupError(f"this worker has no handler for kind {run.job.kind!r}")
        return await kind.handler(self._decode(kind, run.job.payload), run)

    def _decode(self, kind: Kind, payload: bytes) -> Any:
        decoder = self._decoders.get(kind.name)
        if decoder is None:
            decoder = self._decoders[kind.name] = msgspec.json.Decoder(kind.payload_type)
        return decoder.decode(payload)

    def _failure(self, run: Run, error: Exception, *, expired: bool) -> Failed:
        jitter = random.uniform(-1, 1)  # noqa: S311 - spreads retries, guards nothing
        if expired and isinstance(error, TimeoutError):
            return job_outcome.timed_out(run.job, jitter, self._options.limits)
        return job_outcome.failed(run.job, error, jitter, self._options.limits)
