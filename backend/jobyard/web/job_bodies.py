"""What bodies of the jobs API look like."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jobyard.domain.job import BackoffStrategy, IfAfterFails, JobEdit, Priority
from jobyard.services.job_request import NO_WISH, BackoffWish, JobRequest, OnConflict


# Bounds are checked in services/job_request.py, whose messages name field, rule and value; here they are told.
def _told(description: str, **rules: Any) -> Meta:
    return Meta(description=description or None, extra_json_schema=rules)


_NAME = "^[a-z0-9][a-z0-9._-]{0,63}$"
_Pause = Annotated[float, _told("0 to 86400.", minimum=0, maximum=86_400)]


_RunAt = Annotated[datetime, _told("", format="date-time")]
_DelaySeconds = Annotated[float, _told("", minimum=0, maximum=31_622_400)]
_MaxAttempts = Annotated[int, _told("", minimum=1, maximum=100)]
_TimeoutSeconds = Annotated[float, _told("", exclusiveMinimum=0, maximum=86_400)]
_Tags = Annotated[tuple[Annotated[str, _told("", minLength=1, maxLength=64)], ...], _told("", maxItems=20)]
_UniqueKey = Annotated[str, _told("", minLength=1, maxLength=255)]
_After = Annotated[tuple[UUID, ...], _told("Jobs of yours that must have ended first.", maxItems=100)]
_IfAfterFails = Annotated[
    IfAfterFails, Meta(description="What becomes of this job where one of `after` fails or is cancelled.")
]


class BackoffBody(msgspec.Struct, forbid_unknown_fields=True):
    """The pause before a retry: base x 2^(attempt - 1), or always base; capped, with a jitter of ±20 %."""

    strategy: BackoffStrategy | None = None
    base_seconds: Annotated[_Pause | None, Meta(description="5 unless the kind says otherwise.")] = None
    max_seconds: Annotated[_Pause | None, Meta(description="3600 unless the kind says otherwise.")] = None


class SubmitBody(msgspec.Struct, forbid_unknown_fields=True):
    """A job to be stored."""

    kind: Annotated[str, _told("What the job does; `GET /kinds` lists them.", pattern=_NAME)]
    payload: Annotated[Any, Meta(description="What the handler is given, as the kind's schema says.")] = {}
    priority: Priority = Priority.MEDIUM
    queue: Annotated[str, _told("A queue that exists.", pattern=_NAME)] = "default"
    run_at: Annotated[
        _RunAt | None,
        Meta(description="Not before this time: with an offset, and a year ahead at most."),
    ] = None
    delay_seconds: Annotated[
        _DelaySeconds | None,
        Meta(description="Not before this many seconds from now; instead of `run_at`."),
    ] = None
    max_attempts: Annotated[_MaxAttempts | None, Meta(description="5 unless the kind says otherwise.")] = None
    backoff: BackoffBody | None = None
    timeout_seconds: Annotated[
        _TimeoutSeconds | None,
        Meta(description="How long an attempt may take; 600 unless the kind says otherwise."),
    ] = None
    tags: _Tags = ()
    unique_key: Annotated[_UniqueKey | None, Meta(description="Unique among your unfinished jobs.")] = None
    on_conflict: Annotated[
        OnConflict, Meta(description="Where an unfinished job has the unique key: answer with it, or refuse (409).")
    ] = OnConflict.RETURN
    after: _After = ()
    if_after_fails: _IfAfterFails = IfAfterFails.CANCEL

    def request(self) -> JobRequest:
        """The same for the core."""
        backoff = self.backoff
        return JobRequest(
            kind=self.kind,
            payload=self.payload,
            priority=self.priority,
            queue=self.queue,
            run_at=self.run_at,
            delay_seconds=self.delay_seconds,
            max_attempts=self.max_attempts,
            backoff=BackoffWish(backoff.strategy, backoff.base_seconds, backoff.max_seconds) if backoff else NO_WISH,
            timeout_seconds=self.timeout_seconds,
            tags=self.tags,
            unique_key=self.unique_key,
            on_conflict=self.on_conflict,
            after=self.after,
            if_after_fails=self.if_after_fails,
        )


class CopyBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is to differ in a copy of a job: any field of a submit."""

    kind: Annotated[str, _told("", pattern=_NAME)] | UnsetType = UNSET
    payload: Any = UNSET
    priority: Priority | UnsetType = UNSET
    queue: Annotated[str, _told("", pattern=_NAME)] | UnsetType = UNSET
    run_at: _RunAt | UnsetType | None = UNSET
    delay_seconds: _DelaySeconds | UnsetType | None = UNSET
    max_attempts: _MaxAttempts | UnsetType | None = UNSET
    backoff: BackoffBody | UnsetType | None = UNSET
    timeout_seconds: _TimeoutSeconds | UnsetType | None = UNSET
    tags: _Tags | UnsetType = UNSET
    unique_key: _UniqueKey | UnsetType | None = UNSET
    on_conflict: OnConflict | UnsetType = UNSET
    after: _After | UnsetType = UNSET
    if_after_fails: _IfAfterFails | UnsetType = UNSET

    def change(self, request: JobRequest) -> JobRequest:
        """The request with what was said here; of a backoff, its parts."""
        said = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not UNSET}
        if isinstance(backoff := said.pop("backoff", None), BackoffBody):
            parts = {name: part for name in backoff.__struct_fields__ if (part := getattr(backoff, name)) is not None}
            said["backoff"] = replace(request.backoff, **parts)
        return replace(request, **said)


class EditBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change of a job that waits."""

    priority: Priority | UnsetType = UNSET
    run_at: Annotated[_RunAt | UnsetType, Meta(description="The past means now in the line.")] = UNSET
    max_attempts: _MaxAttempts | UnsetType = UNSET
    tags: _Tags | UnsetType = UNSET

    def edit(self) -> JobEdit:
        """The same for the core."""
        return JobEdit(
            priority=None if self.priority is UNSET else self.priority,
            run_at=None if self.run_at is UNSET else self.run_at,
            max_attempts=None if self.max_attempts is UNSET else self.max_attempts,
            tags=None if self.tags is UNSET else self.tags,
        )


class BatchBody(msgspec.Struct, forbid_unknown_fields=True):
    """Jobs to be stored together: all of them, or none."""

    jobs: Annotated[list[SubmitBody], _told("", minItems=1, maxItems=1_000)]
    on_complete: Annotated[
        SubmitBody | None, Meta(description="Submitted once, when the last of the jobs has ended, however it did.")
    ] = None
