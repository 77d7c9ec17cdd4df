"""Rows become domain objects here, and options become JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from jobyard.domain.audit import actor_of
from jobyard.domain.job import (
    SERVER_DEFAULTS,
    Attempt,
    Backoff,
    BackoffStrategy,
    ClaimedJob,
    IfAfterFails,
    Job,
    JobError,
    JobOptions,
    JobState,
    JobTemplate,
    Outcome,
    Priority,
    Progress,
)
from jobyard.domain.secrets import SecretFields
from jobyard.domain.user import Viewer

Row = Mapping[str, Any]

DEFAULTS = SERVER_DEFAULTS


class StoredOptions(msgspec.Struct, omit_defaults=True):
    """What `options` holds: only what differs from the server's defaults. Durations are seconds.

    The jobs that one waits for stand here too, so that they stay with it and no other job's row grows.
    """

    timeout: float = DEFAULTS.timeout_seconds
    strategy: BackoffStrategy = DEFAULTS.backoff.strategy
    base: float = DEFAULTS.backoff.base_seconds
    longest: float = DEFAULTS.backoff.max_seconds
    after: tuple[UUID, ...] = ()
    after_fails: IfAfterFails = IfAfterFails.CANCEL


class _StoredAttempt(msgspec.Struct):
    run: int
    attempt: int
    worker: int | None
    started_at: datetime | None
    finished_at: datetime
    outcome: Outcome
    error: JobError | None


NO_OPTIONS = StoredOptions()
_decode_options = msgspec.json.Decoder(StoredOptions).decode
_decode_error = msgspec.json.Decoder(JobError).decode
_decode_progress = msgspec.json.Decoder(Progress).decode
_decode_attempts = msgspec.json.Decoder(list[_StoredAttempt]).decode
_decode_names = msgspec.json.Decoder(dict[int, str]).decode


def encode_options(
    options: JobOptions, after: tuple[UUID, ...] = (), if_after_fails: IfAfterFails = IfAfterFails.CANCEL
) -> bytes | None:
    """The `options` column: None where nothing differs from the defaults."""
    if options is DEFAULTS and not after:
        return None
    backoff = options.backoff
    stored = StoredOptions(
        options.timeout_seconds,
        backoff.strategy,
        backoff.base_seconds,
        backoff.max_seconds,
        after,
        if_after_fails if after else IfAfterFails.CANCEL,
    )
    return None if stored == StoredOptions() else msgspec.json.encode(stored)


def options_of(stored: bytes | None, max_attempts: int) -> JobOptions:
    """The other way round."""
    if stored is None:
        return DEFAULTS if max_attempts == DEFAULTS.max_attempts else JobOptions(max_attempts)
    read = _decode_options(stored)
    return JobOptions(max_attempts, read.timeout, Backoff(read.strategy, read.base, read.longest))


def claimed_job(row: Row) -> ClaimedJob:
    """What a claim returned. By position, since it is done for every run."""
    spot, job_id, run, attempt, owner, kind, payload, options, most, waited, _, _ = row.values()
    return ClaimedJob(spot, job_id, run, attempt, owner, kind, payload, options_of(options, most), waited)


def job(row: Row, *, whole: bool = False, secret: SecretFields | None = None) -> Job:
    """A job as its owner sees it; with payload and result where `whole`, but for what is secret."""
    payload, result = row["payload"] if whole else None, row["result"] if whole else None
    if payload is not None and secret:
        payload = msgspec.json.encode(secret.redact(msgspec.json.decode(payload)))
    stored = NO_OPTIONS if row["options"] is None else _decode_options(row["options"])
    return Job(
        id=row["id"],
        owner_id=row["owner_uuid"],
        kind=row["kind"],
        queue=row["queue"],
        state=JobState.from_code(row["state_code"]),
        priority=Priority.from_code(row["priority"]),
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        crashes=row["crashes"],
        run_at=row["run_at"],
        created_at=row["created_at"],
        timeout_seconds=stored.timeout,
        cancel_requested=row["cancel_asked"],
        run=row["run"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        payload=None if payload is None else msgspec.Raw(payload),
        result=None if result is None else msgspec.Raw(result),
        error=None if row["error"] is None else _decode_error(row["error"]),
        progress=None if row["progress"] is None else _decode_progress(row["progress"]),
        tags=tuple(row["tags"] or ()),
        unique_key=row["unique_key"],
        schedule_id=row["schedule_id"],
        batch_id=row["batch_id"],
        after=stored.after,
        worker=row["worker"],
    )


def attempts(row: Row) -> list[Attempt]:
    """The runs of a job, oldest first, with the one under way or the one that completed at the end."""
    names = {} if row["names"] is None else _decode_names(row["names"])
    runs = [
        Attempt(
            entry.run,
            entry.attempt,
            None if entry.worker is None else names.get(entry.worker),
            entry.started_at or entry.finished_at,
            entry.finished_at,
            entry.outcome,
            entry.error,
        )
        for entry in ([] if row["attempts"] is None else _decode_attempts(row["attempts"]))
    ]
    state = JobState.from_code(row["state_code"])
    if state is JobState.RUNNING:
        runs.append(Attempt(row["run"], row["attempt"], row["worker"], row["started_at"], None, Outcome.RUNNING, None))
    elif state is JobState.COMPLETED:
        runs.append(
            Attempt(
                row["run"],
                row["attempt"],
                row["worker"],
                row["started_at"],
                row["finished_at"],
                Outcome.COMPLETED,
                None,
            )
        )
    return runs


def template(row: Row) -> JobTemplate:
    """What a copy of a job begins with."""
    return JobTemplate(
        kind=row["kind"],
        queue=row["queue"],
        priority=Priority.from_code(row["priority"]),
        payload=msgspec.json.decode(row["payload"]),
        options=options_of(row["options"], row["budget"]),
        tags=tuple(row["tags"] or ()),
    )


def actor_json(viewer: Viewer) -> bytes:
    """The `actor` column of a timeline: {kind, id, name}."""
    actor = actor_of(viewer)
    return msgspec.json.encode({"kind": actor.kind, "id": actor.id, "name": actor.name})


def array_literal(tags: tuple[str, ...]) -> str | None:
    """A text[] in PostgreSQL's own notation: unnest() would flatten an array of arrays."""
    if not tags:
        return None
    quoted = ('"' + tag.replace("\\", "\\\\").replace('"', '\\"') + '"' for tag in tags)
    return "{" + ",".join(quoted) + "}"


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NIL = UUID(int=0)
GREATEST = UUID(int=2**128 - 1)
