"""Records outcomes and progress, many at a time, while the slots go on with other jobs."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any, TypeAlias
from uuid import UUID

from jobyard.domain.errors import Unavailable
from jobyard.domain.events import EventType, JobChanged
from jobyard.observability import JOB_RUN_SECONDS, JOBS_COMPLETED, JOBS_FAILED, JOBS_RETRIED
from jobyard.ports import Completed, Failed, JobNote, Nudges, Snoozed, WorkQueue
from jobyard.worker.held import Held, Outcome, Run
from jobyard.worker.log_writer import LogWriter
from jobyard.worker.options import WorkerOptions
from jobyard.worker.wait import either, log

Pair: TypeAlias = tuple[Run, Outcome]


class Recorder:
    """Takes outcomes from `held`. One that storage refuses was lost to another worker: nothing of it counts here."""

    def __init__(self, queue: WorkQueue, nudges: Nudges, held: Held, options: WorkerOptions, logs: LogWriter) -> None:
        self._queue = queue
        self._logs = logs
        self._nudges = nudges
        self._held = held
        self._options = options

    async def step(self) -> float:
        """Record what has ended; wait for something to end where nothing has."""
        if not self._held.outcomes:
            self._held.ended.clear()
            await either(self._held.ended, self._options.poll_seconds)
            return 0
        await self.record()
        return 0

    async def record(self) -> None:
        """Record one batch. What the database did not take goes back to the head: it may be away for a while.

        What it refuses goes to the end of the line: it is tried again, and holds up none. Raises where all was refused.
        """
        outcomes = self._held.outcomes
        batch = [outcomes.popleft() for _ in range(min(len(outcomes), self._options.batch))]
        logged = [run for run, _ in batch if run.book is not None]
        alike: dict[tuple[int, type[Outcome]], list[Pair]] = {}
        refused: list[tuple[Pair, Exception]] = []
        for pair in batch:
            alike.setdefault((pair[0].worker, type(pair[1])), []).append(pair)
        try:
            if logged:
                await self._logs.write(logged)
            for (worker, sort), pairs in [*alike.items()]:
                refused += await self._record(worker, sort, pairs)
                del alike[worker, sort]
        finally:
            outcomes.extendleft(pair for pairs in reversed([*alike.values()]) for pair in reversed(pairs))
            outcomes.extend(pair for pair, _ in refused)
        if refused and len(refused) == len(batch):
            raise refused[-1][1]

    async def _record(self, worker: int, sort: type[Outcome], pairs: list[Pair]) -> list[tuple[Pair, Exception]]:
        """Record outcomes of one sort; one by one, where they are refused together. Returns what is refused alone."""
        try:
            accepted = await self._send(worker, sort, [outcome for _, outcome in pairs])
        except BaseException as error:
            for run, _ in pairs:
                run.unanswered = True
            if isinstance(error, Unavailable) or not isinstance(error, Exception):
                raise
            if len(pairs) == 1:
                log.error(
                    "an outcome was refused, and is tried again", job_id=str(pairs[0][0].job_id), error=repr(error)
                )
                return [(pairs[0], error)]
            return [refused for pair in pairs for refused in await self._record(worker, sort, [pair])]
        self._tell(sort, pairs, accepted)
        self._held.forget(run for run, _ in pairs)
        return []

    async def _send(self, worker: int, sort: type[Outcome], outcomes: list[Any]) -> Collection[UUID]:
        """Record outcomes of one sort. Returns those that were accepted."""
        if sort is Completed:
            return await self._queue.complete(worker, outcomes)
        if sort is Failed:
            return await self._queue.fail(worker, outcomes)
        return {outcome.job.id for outcome in outcomes if await self._queue.snooze(worker, outcome)}

    def _tell(self, sort: type[Outcome], pairs: list[Pair], accepted: Collection[UUID]) -> None:
        self._nudges.finished({outcome.job.owner for _, outcome in pairs})
        for kind, seconds in _seconds(pairs).items():
            JOB_RUN_SECONDS.labels(kind).observe_all(seconds)
        if sort is Completed and len(accepted) == len(pairs):
            for kind, number in Counter([outcome.job.kind for _, outcome in pairs]).items():
                JOBS_COMPLETED.labels(kind).inc(number)
            return
        if sort is not Completed:
            self._nudges.changed(
                JobChanged(outcome.job.owner, outcome.job.id, _end(outcome))
                for _, outcome in pairs
                if _pause(outcome) < math.inf
            )
            if any(_pause(outcome) < self._options.poll_seconds for _, outcome in pairs):
                self._held.due.set()
        for run, job in [(run, outcome.job) for run, outcome in pairs if outcome.job.id not in accepted]:
            if run.unanswered:  # most likely recorded the first time: its timeline shall not say that it was refused
                log.info("an outcome was sent again and is there already, or is late", job_id=str(job.id), run=job.run)
                continue
            log.warning(LATE, job_id=str(job.id), run=job.run)
            note = JobNote(job.id, job.owner, "late_result_refused", job.run, job.attempt, {})
            self._held.notes.append((run.worker, note))
        _count(pairs, accepted)

    async def write_notes(self) -> float:
        """Write into timelines what happened, as the worker that it happened to: since then it may be another."""
        notes, batch = self._held.notes, list[JobNote]()
        worker = notes[0][0] if notes else 0
        while notes and notes[0][0] == worker and len(batch) < self._options.batch:
            batch.append(notes.popleft()[1])
        try:
            if batch:
                await self._queue.note(worker, batch)
        except BaseException:
            notes.extendleft((worker, note) for note in reversed(batch))
            raise
        return 0 if notes else self._options.progress_seconds

    async def report_progress(self) -> float:
        """Store the newest progress of each run that has any."""
        runs = [run for run in self._held.runs.values() if run.report is not None and run.task is not None]
        for worker in {run.worker for run in runs}:
            await self._report(worker, [run for run in runs if run.worker == worker])
        return self._options.progress_seconds

    async def _report(self, worker: int, runs: list[Run]) -> None:
        reports = [(run, report) for run in runs if (report := run.report) is not None]
        accepted = await self._queue.progress(worker, [(run.job, report) for run, report in reports])
        for run, report in reports:
            if run.report is report:
                run.report = None
        self._nudges.changed(
            JobChanged(run.owner, run.job_id, EventType.PROGRESS) for run, _ in reports if run.job_id in accepted
        )

    async def flush(self) -> None:
        """Record all that is left, at shutdown, and tell of what is refused."""
        while self._held.outcomes:
            await self.record()
        while self._held.notes:
            await self.write_notes()


LATE = "a late result was refused: the job had been taken from this worker"

_COUNTERS = {EventType.COMPLETED: JOBS_COMPLETED, EventType.FAILED: JOBS_FAILED, EventType.RETRYING: JOBS_RETRIED}


def _count(alike: list[tuple[Run, Outcome]], accepted: Collection[UUID]) -> None:
    """Count what was accepted. A run that was asked to stop and did not complete is cancelled, and has not failed."""
    ends = Counter(
        (_end(outcome), outcome.job.kind)
        for run, outcome in alike
        if outcome.job.id in accepted and not (run.cancel_requested and not isinstance(outcome, Completed))
    )
    for (end, kind), number in ends.items():
        if end in _COUNTERS:
            _COUNTERS[end].labels(kind).inc(number)


def _seconds(pairs: list[tuple[Run, Outcome]]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = defaultdict(list)
    for run, outcome in pairs:
        seconds[outcome.job.kind].append(run.seconds)
    return seconds


def _end(outcome: Outcome) -> EventType:
    if isinstance(outcome, Completed):
        return EventType.COMPLETED
    if isinstance(outcome, Snoozed):
        return EventType.SCHEDULED
    return EventType.FAILED if outcome.retry_in_seconds is None else EventType.RETRYING


def _pause(outcome: Outcome) -> float:
    """Seconds until it runs again, or infinity."""
    if isinstance(outcome, Snoozed):
        return outcome.seconds
    if isinstance(outcome, Failed) and outcome.retry_in_seconds is not None:
        return outcome.retry_in_seconds
    return math.inf
