"""The timeline of a job, put together from its row, the runs that its row keeps, and what was noted beside. Pure.

The row tells submitted, claimed and finished; its runs tell retrying, snoozed, released and lost; notes tell the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from jobyard.domain.job import Attempt, JobState, Outcome


class TimelineType(StrEnum):
    """What happened."""

    SUBMITTED = "submitted"
    EDITED = "edited"
    CLAIMED = "claimed"
    RETRYING = "retrying"
    SNOOZED = "snoozed"
    RELEASED = "released"
    LOST = "lost"
    LATE_RESULT_REFUSED = "late_result_refused"
    LOOP_BLOCKED = "loop_blocked"
    CANCEL_REQUESTED = "cancel_requested"
    RETRIED = "retried"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DoerKind(StrEnum):
    """Who can do something to a job."""

    USER = "user"
    API_KEY = "api_key"
    WORKER = "worker"
    SCHEDULE = "schedule"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it. `id` is a user's, a key's or a schedule's; a worker has a name alone."""

    kind: DoerKind
    id: str | None = None
    name: str | None = None


SYSTEM = Doer(DoerKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened. `attempt` is 0 before the first."""

    id: UUID
    at: datetime
    type: TimelineType
    doer: Doer
    attempt: int
    detail: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Note:
    """What was noted beside the row. `number` is one more for each."""

    number: int
    at: datetime
    type: TimelineType
    doer: Doer
    run: int
    attempt: int
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JobStory:
    """What a timeline is put together from. `runs` are oldest first, with the one under way or the one completed."""

    job_id: UUID
    state: JobState
    run: int
    attempt: int
    created_at: datetime
    finished_at: datetime | None
    submitter: Doer
    runs: Sequence[Attempt]
    notes: Sequence[Note]


def timeline(story: JobStory) -> list[TimelineEvent]:
    """All that is known, oldest first. An event keeps its id however often it is read."""
    submitted = _event(story, TimelineType.SUBMITTED, story.created_at, story.submitter, 0, 0)
    events = [submitted, *(event for run in story.runs for event in _of_run(story, run))]
    events += [_of_note(story, note) for note in story.notes]
    if (end := _end(story)) is not None:
        events.append(end)
    return sorted(events, key=lambda event: (event.at, _RANK[event.type]))


_RANK = {kind: rank for rank, kind in enumerate(TimelineType)}

_AFTER = {
    Outcome.SNOOZED: TimelineType.SNOOZED,
    Outcome.RELEASED: TimelineType.RELEASED,
    Outcome.LOST: TimelineType.LOST,
    Outcome.COMPLETED: TimelineType.COMPLETED,
    Outcome.CANCELLED: TimelineType.CANCELLED,
}


def _of_run(story: JobStory, run: Attempt) -> Iterable[TimelineEvent]:
    worker = Doer(DoerKind.WORKER, None, run.worker) if run.worker is not None else SYSTEM
    yield _event(story, TimelineType.CLAIMED, run.started_at, worker, run.attempt, run.run)
    if run.finished_at is None:
        return
    kind = _AFTER.get(run.outcome)
    if kind is None:
        kind = TimelineType.FAILED if _was_last(story, run) else TimelineType.RETRYING
    detail: dict[str, object] = {}
    if run.error is not None:
        detail["error"] = {"type": run.error.type, "message": run.error.message}
    if run.outcome is Outcome.TIMED_OUT:
        detail["timed_out"] = True
    doer = SYSTEM if run.outcome is Outcome.LOST else worker
    yield _event(story, kind, run.finished_at, doer, run.attempt, run.run, detail)


def _was_last(story: JobStory, run: Attempt) -> bool:
    """Whether a failed run ended its job, and did not only delay it."""
    if story.state is JobState.FAILED and run.run == story.run:
        return True
    return any(
        note.type is TimelineType.RETRIED and note.run == run.run and note.detail.get("from") == JobState.FAILED
        for note in story.notes
    )


def _end(story: JobStory) -> TimelineEvent | None:
    """The end that no run and no note tells: a third loss, or a cancel by the server."""
    if story.finished_at is None or story.state is JobState.COMPLETED:
        return None
    last = next((run for run in reversed(story.runs) if run.run == story.run), None)
    retried_at = max((note.at for note in story.notes if note.type is TimelineType.RETRIED), default=story.created_at)
    told = last is not None and last.finished_at is not None and last.finished_at >= retried_at
    at = story.finished_at  # a hair before what one statement wrote of its last run
    if told and last is not None and last.finished_at is not None:
        at = max(at, last.finished_at)
    if story.state is JobState.FAILED:
        if told and last is not None and last.outcome is not Outcome.LOST:
            return None
        return _event(story, TimelineType.FAILED, at, SYSTEM, story.attempt, story.run)
    noted = any(note.type is TimelineType.CANCELLED and note.at == story.finished_at for note in story.notes)
    if noted or (told and last is not None and last.outcome is Outcome.CANCELLED):
        return None
    return _event(story, TimelineType.CANCELLED, at, SYSTEM, story.attempt, story.run)


def _of_note(story: JobStory, note: Note) -> TimelineEvent:
    event_id = _id(note.at, f"{story.job_id} note {note.number}")
    return TimelineEvent(event_id, note.at, note.type, note.doer, note.attempt, note.detail)


def _event(
    story: JobStory,
    kind: TimelineType,
    at: datetime,
    doer: Doer,
    attempt: int,
    run: int,
    detail: Mapping[str, object] | None = None,
) -> TimelineEvent:
    return TimelineEvent(_id(at, f"{story.job_id} {kind} {run}"), at, kind, doer, attempt, detail or {})


def _id(at: datetime, what: str) -> UUID:
    """A UUIDv7 whose random part follows from what it stands for."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    rest = int.from_bytes(blake2b(what.encode(), digest_size=10).digest(), "big")
    bits = milliseconds << 80 | 7 << 76 | (rest >> 68 & 0xFFF) << 64 | 0b10 << 62 | rest & (2**62 - 1)
    return UUID(int=bits)
