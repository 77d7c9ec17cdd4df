"""A job, its states, and the one table of moves between them.

The engine, the page's buttons and the documentation all follow `MOVES`; nothing else may decide whether a job can
be retried or cancelled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag, StrEnum
from typing import Any, TypeAlias
from uuid import UUID

Json: TypeAlias = Any  # a decoded JSON value; msgspec checks its shape at the edges


class JobState(StrEnum):
    """The seven states, in the order of their codes in storage (1 to 7)."""

    SCHEDULED = "scheduled"
    PENDING = "pending"
    RUNNING = "running"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def code(self) -> int:
        """The number that stands for the state in storage."""
        return _CODES[self]

    @property
    def is_finished(self) -> bool:
        """Whether the job has ended: only a retry by hand can bring it back."""
        return self in FINISHED

    @classmethod
    def from_code(cls, code: int) -> "JobState":
        """The state with this number in storage. Raises IndexError for one that does not exist."""
        if code < 1:
            raise IndexError(code)
        return _BY_CODE[code - 1]


_BY_CODE: tuple[JobState, ...] = tuple(JobState)
_CODES: dict[JobState, int] = {state: number for number, state in enumerate(_BY_CODE, start=1)}
FINISHED: frozenset[JobState] = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})


class Verb(StrEnum):
    """What can be done to a job. A state changes through one of these, never by an update of the state."""

    PROMOTE = "promote"  # its time has come
    CLAIM = "claim"
    COMPLETE = "complete"
    RETRY_LATER = "retry_later"  # the attempt failed, another follows
    FAIL = "fail"
    SNOOZE = "snooze"
    RELEASE = "release"  # given back at shutdown, or taken back from a lost worker
    CANCEL = "cancel"
    RETRY = "retry"  # by hand


MOVES: Mapping[tuple[JobState, Verb], JobState] = {
    (JobState.SCHEDULED, Verb.PROMOTE): JobState.PENDING,
    (JobState.RETRYING, Verb.PROMOTE): JobState.PENDING,
    (JobState.PENDING, Verb.CLAIM): JobState.RUNNING,
    (JobState.RUNNING, Verb.COMPLETE): JobState.COMPLETED,
    (JobState.RUNNING, Verb.RETRY_LATER): JobState.RETRYING,
    (JobState.RUNNING, Verb.FAIL): JobState.FAILED,
    (JobState.RUNNING, Verb.SNOOZE): JobState.SCHEDULED,
    (JobState.RUNNING, Verb.RELEASE): JobState.PENDING,
    (JobState.RUNNING, Verb.CANCEL): JobState.CANCELLED,
    (JobState.SCHEDULED, Verb.CANCEL): JobState.CANCELLED,
    (JobState.PENDING, Verb.CANCEL): JobState.CANCELLED,
    (JobState.RETRYING, Verb.CANCEL): JobState.CANCELLED,
    (JobState.FAILED, Verb.RETRY): JobState.PENDING,
    (JobState.CANCELLED, Verb.RETRY): JobState.PENDING,
    (JobState.RETRYING, Verb.RETRY): JobState.PENDING,
    (JobState.SCHEDULED, Verb.RETRY): JobState.PENDING,
}


def can(state: JobState, verb: Verb) -> bool:
    """Whether `verb` may be used on a job in `state`."""
    return (state, verb) in MOVES


class Priority(StrEnum):
    """Within a queue, every `high` job runs before any `medium` one, and these before the `low` ones."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def code(self) -> int:
        """The number that stands for the priority in storage: 0 runs first."""
        return _PRIORITIES.index(self)

    @classmethod
    def from_code(cls, code: int) -> "Priority":
        """The priority with this number in storage."""
        return _PRIORITIES[code]


_PRIORITIES: tuple[Priority, ...] = tuple(Priority)


class Wait(IntEnum):
    """Why a job that is not running has no place in its lane. The numbers are those in storage."""

    NONE = 0
    TIME = 1
    BACKOFF = 2
    JOBS = 3
    LIMIT = 4
    NO_WORKER = 5
    HELD = 6


class BackoffStrategy(StrEnum):
    """How the pause between attempts grows."""

    EXPONENTIAL = "exponential"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Backoff:
    """The pause before a retry: `base_seconds` × 2^(attempt - 1), or always `base_seconds`; never over the maximum."""

    strategy: BackoffStrategy = BackoffStrategy.EXPONENTIAL
    base_seconds: float = 5.0
    max_seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How a job is run, where the submitter or the kind said something other than the server's default."""

    max_attempts: int = 5
    timeout_seconds: float = 600.0
    backoff: Backoff = field(default_factory=Backoff)


class Notify(IntFlag):
    """The ends of a job that its owner wants in the inbox."""

    NOTHING = 0
    COMPLETED = 1
    FAILED = 2
    CANCELLED = 4
    ALL = 7


class IfAfterFails(StrEnum):
    """What becomes of a job when one that it waits for fails or is cancelled."""

    CANCEL = "cancel"
    RUN = "run"


SERVER_DEFAULTS = JobOptions()


@dataclass(slots=True)  # not frozen: one is made for every submit, and frozen costs 2 µs each
class NewJob:
    """A job about to be stored. `run_at` in the past means now; `owner` is a user's internal number.

    Where an unfinished job of the owner has the same `unique_key`, its twin, this one is left out; with `reject_twin`
    it and all that is stored with it are refused.
    """

    id: UUID
    owner: int
    kind: str
    payload: Json
    queue: str = "default"
    priority: Priority = Priority.MEDIUM
    run_at: datetime | None = None
    options: JobOptions = SERVER_DEFAULTS
    tags: tuple[str, ...] = ()
    unique_key: str | None = None
    reject_twin: bool = False
    batch_id: UUID | None = None
    notify: Notify = Notify.NOTHING
    after: tuple[UUID, ...] = ()
    if_after_fails: IfAfterFails = IfAfterFails.CANCEL
    follows: tuple[UUID, ...] = ()
    """Those of `after` whose end it still waits for, or whose bad end it has yet to suffer."""


@dataclass(frozen=True, slots=True)
class JobTemplate:
    """What a copy of a job begins with. `options` has the first budget of attempts."""

    kind: str
    queue: str
    priority: Priority
    payload: Json
    options: JobOptions
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobEdit:
    """What is to change of a job that has not begun. None: stays."""

    priority: Priority | None = None
    run_at: datetime | None = None
    max_attempts: int | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class JobError:
    """What went wrong in an attempt, as its owner sees it."""

    type: str
    message: str
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job is: `fraction` between 0 and 1, and a short message or None."""

    fraction: float
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its owner sees it. `payload` and `result` are None in lists."""

    id: UUID
    owner_id: UUID
    kind: str
    queue: str
    state: JobState
    priority: Priority
    attempt: int
    max_attempts: int
    crashes: int
    run_at: datetime
    created_at: datetime
    timeout_seconds: float
    cancel_requested: bool
    run: int
    started_at: datetime | None = None
    finished_at: datetime | None = None
    payload: Json = None
    result: Json = None
    error: JobError | None = None
    progress: Progress | None = None
    tags: tuple[str, ...] = ()
    unique_key: str | None = None
    schedule_id: UUID | None = None
    batch_id: UUID | None = None
    after: tuple[UUID, ...] = ()
    worker: str | None = None


class Outcome(StrEnum):
    """What became of one run."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SNOOZED = "snoozed"
    RELEASED = "released"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a job, as its owner sees it."""

    run: int
    attempt: int
    worker: str | None
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome
    error: JobError | None


@dataclass(slots=True)  # not frozen: one is made for every run, and frozen costs 1 µs each
class ClaimedJob:
    """A job that a worker holds. (worker, `run`) is the fencing token; `payload` is JSON text in UTF-8.

    `spot` is where its row lies, known to storage alone: it is handed back with whatever is reported of the run.
    """

    spot: str
    id: UUID
    run: int
    attempt: int
    owner: int
    kind: str
    payload: bytes
    options: JobOptions
    waited_seconds: float = 0.0
    """From the moment that it could run to the claim."""
