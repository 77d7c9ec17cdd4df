"""What answers of the jobs API look like. Bodies: job_bodies.py."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jobyard.domain.job import Attempt, BackoffStrategy, Job, JobOptions, JobState, Outcome, Priority
from jobyard.services.job_submit import SubmittedJob


class ErrorAnswer(msgspec.Struct, frozen=True):
    """What went wrong in an attempt."""

    type: str
    message: str


class TracedErrorAnswer(ErrorAnswer, frozen=True):
    """What went wrong in an attempt, and where."""

    traceback: str | None


class ProgressAnswer(msgspec.Struct, frozen=True):
    """How far a running job is."""

    fraction: float
    message: str | None


class JobSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A job without what may be large: its payload and its result."""

    id: UUID
    kind: str
    queue: str
    state: JobState
    priority: Priority
    error: ErrorAnswer | None
    attempt: int
    max_attempts: int
    crashes: int
    progress: ProgressAnswer | None
    tags: tuple[str, ...]
    unique_key: str | None
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    timeout_seconds: float
    schedule_id: UUID | None
    batch_id: UUID | None
    after: tuple[UUID, ...]
    worker: str | None
    cancel_requested: bool
    owner_id: UUID

    @classmethod
    def of(cls, job: Job) -> "JobSummary":
        """The job as lists and the live socket show it."""
        return cls(**_columns(job))


class JobPage(msgspec.Struct, frozen=True):
    """Some of your jobs. While `next_cursor` is not null there may be more, also after an empty page."""

    items: list[JobSummary]
    next_cursor: str | None


class WarningAnswer(msgspec.Struct, frozen=True):
    """Something to know, though nothing is wrong with the job."""

    code: str
    message: str


class JobAnswer(JobSummary, frozen=True, kw_only=True):
    """A job."""

    payload: Any
    result: Any
    warnings: Annotated[list[WarningAnswer] | UnsetType, Meta(description="Only in the answer to a submit.")] = UNSET

    @classmethod
    def of(cls, job: Job) -> "JobAnswer":
        """The job with all that it has."""
        return cls(**_columns(job), payload=job.payload, result=job.result)

    @classmethod
    def submitted(cls, submitted: SubmittedJob) -> "JobAnswer":
        """The job with what its submitter should know."""
        warnings = [WarningAnswer(warning.code, warning.message) for warning in submitted.warnings]
        job = submitted.job
        return cls(**_columns(job), payload=job.payload, result=job.result, warnings=warnings)


class BatchAnswer(msgspec.Struct, frozen=True):
    """The ids of a batch's jobs, in its order; for a twin, that of the unfinished job with its unique key."""

    ids: list[UUID]
    batch_id: UUID


class BulkAnswer(msgspec.Struct, frozen=True):
    """How many were changed, and how many were not there or in a state that forbids it."""

    changed: int
    skipped: int


class CountsAnswer(msgspec.Struct, frozen=True):
    """Jobs by state. `capped`: some are lower bounds."""

    scheduled: int
    pending: int
    running: int
    retrying: int
    completed: int
    failed: int
    cancelled: int
    capped: bool


class AttemptAnswer(msgspec.Struct, frozen=True):
    """One run of a job."""

    run: int
    attempt: int
    worker: str | None
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome
    error: TracedErrorAnswer | None

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptAnswer":
        """The attempt as its job's owner sees it."""
        error = attempt.error
        return cls(
            run=attempt.run,
            attempt=attempt.attempt,
            worker=attempt.worker,
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
            outcome=attempt.outcome,
            error=None if error is None else TracedErrorAnswer(error.type, error.message, error.traceback),
        )


class AttemptPage(msgspec.Struct, frozen=True):
    """Some runs of a job."""

    items: list[AttemptAnswer]
    next_cursor: str | None


class BackoffAnswer(msgspec.Struct, frozen=True):
    """The pause before a retry."""

    strategy: BackoffStrategy
    base_seconds: float
    max_seconds: float


class DefaultsAnswer(msgspec.Struct, frozen=True):
    """What a job gets where its submitter says nothing."""

    max_attempts: int
    timeout_seconds: float
    backoff: BackoffAnswer

    @classmethod
    def of(cls, options: JobOptions) -> "DefaultsAnswer":
        """The defaults of a kind."""
        backoff = options.backoff
        return cls(
            options.max_attempts,
            options.timeout_seconds,
            BackoffAnswer(backoff.strategy, backoff.base_seconds, backoff.max_seconds),
        )


class KindAnswer(msgspec.Struct, frozen=True):
    """A kind of job."""

    kind: str
    description: str
    payload_schema: Annotated[dict[str, Any], Meta(description="JSON Schema (2020-12) of the payload.")]
    defaults: DefaultsAnswer
    example: Annotated[Any, Meta(description="A payload that the schema accepts.")]
    audience: Annotated[Literal["everyone", "verified", "admins", "off"], Meta(description="Who may submit it.")]
    own: Annotated[bool, Meta(description="Whether it is a kind of your own, run by your own workers.")]
    workers: Annotated[int, Meta(description="How many live workers serve it now.")]


class KindPage(msgspec.Struct, frozen=True):
    """Some kinds of jobs."""

    items: list[KindAnswer]
    next_cursor: str | None


def _columns(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "queue": job.queue,
        "state": job.state,
        "priority": job.priority,
        "error": None if job.error is None else ErrorAnswer(job.error.type, job.error.message),
        "attempt": job.attempt,
        "max_attempts": job.max_attempts,
        "crashes": job.crashes,
        "progress": None if job.progress is None else ProgressAnswer(job.progress.fraction, job.progress.message),
        "tags": job.tags,
        "unique_key": job.unique_key,
        "run_at": job.run_at,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "timeout_seconds": job.timeout_seconds,
        "schedule_id": job.schedule_id,
        "batch_id": job.batch_id,
        "after": job.after,
        "worker": job.worker,
        "cancel_requested": job.cancel_requested,
        "owner_id": job.owner_id,
    }
