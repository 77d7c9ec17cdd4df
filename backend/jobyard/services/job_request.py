"""What a caller asks for becomes a `NewJob`, or a list of everything that is wrong with it. Pure.

What is set where: the request, else the kind's defaults, else the server's (`JobOptions()`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol, TypeAlias, TypeVar, cast
from uuid import UUID

import msgspec

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.job import (
    Backoff,
    BackoffStrategy,
    IfAfterFails,
    JobEdit,
    JobOptions,
    JobState,
    Json,
    NewJob,
    Notify,
    Priority,
)
from jobyard.domain.limits import NAME_PATTERN, Limits
from jobyard.domain.retry_policy import LONGEST_PAUSE_SECONDS
from jobyard.domain.secrets import SecretFields

POINTER_LENGTH = 512
LONGEST_NAME = 64

T = TypeVar("T")
_Path: TypeAlias = "tuple[_Path, str | int] | None"

NUL = "\0"
"""The one character that PostgreSQL's text and jsonb cannot hold."""

_JSON_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_EXPONENT = re.compile(rb"[0-9]e([+-]?[0-9]+)")
_TO_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


class OnConflict(StrEnum):
    """What becomes of a submit whose unique key an unfinished job has."""

    RETURN = "return"
    REJECT = "reject"


class SubmittableKind(Protocol):
    """What a submit needs to know of a kind (handlers/registry.py has it)."""

    @property
    def name(self) -> str: ...

    @property
    def defaults(self) -> JobOptions: ...

    @property
    def audience(self) -> str:
        """`everyone`, `verified`, `admins` or `off`."""
        ...

    @property
    def secret(self) -> SecretFields:
        """What of a payload is not shown."""
        ...

    def check_payload(self, payload: Json) -> None:
        """Raise Invalid with pointers below `/payload`."""
        ...


@dataclass(frozen=True, slots=True)
class BackoffWish:
    """The parts of a backoff that the caller set."""

    strategy: BackoffStrategy | None = None
    base_seconds: float | None = None
    max_seconds: float | None = None


NO_WISH = BackoffWish()


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job that a caller wants. None: not said."""

    kind: str
    payload: Json = field(default_factory=dict[str, Json])
    priority: Priority = Priority.MEDIUM
    queue: str = "default"
    run_at: datetime | None = None
    delay_seconds: float | None = None
    max_attempts: int | None = None
    backoff: BackoffWish = field(default_factory=BackoffWish)
    timeout_seconds: float | None = None
    tags: tuple[str, ...] = ()
    unique_key: str | None = None
    on_conflict: OnConflict = OnConflict.RETURN
    after: tuple[UUID, ...] = ()
    if_after_fails: IfAfterFails = IfAfterFails.CANCEL


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a request is checked against: which queues there are, and how the jobs stand that it is to follow.

    And which ends the owner is told of, by kind.
    """

    queues: frozenset[str]
    standing: Mapping[UUID, JobState] = field(default_factory=dict[UUID, JobState])
    notify: Mapping[str, Notify] = field(default_factory=dict[str, Notify])


def new_job(
    request: JobRequest,
    kind: SubmittableKind,
    *,
    owner: int,
    job_id: UUID,
    now: datetime,
    around: Surroundings | None = None,
) -> NewJob:
    """The job that a request without problems asks for."""
    around = around or Surroundings(frozenset())
    return NewJob(
        id=job_id,
        owner=owner,
        kind=kind.name,
        payload=request.payload,
        queue=request.queue,
        priority=request.priority,
        run_at=_run_at(request, now),
        options=_options(request, kind.defaults),
        tags=tuple(dict.fromkeys(request.tags)),
        unique_key=request.unique_key,
        reject_twin=request.on_conflict is OnConflict.REJECT,
        after=tuple(dict.fromkeys(request.after)),
        if_after_fails=request.if_after_fails,
        follows=_follows(request, around.standing),
        notify=around.notify.get(kind.name, Notify.NOTHING),
    )


def _options(request: JobRequest, defaults: JobOptions) -> JobOptions:
    """What the request says, else the kind: most requests say nothing, and one is made for each."""
    wish = request.backoff
    if request.max_attempts is None and request.timeout_seconds is None and wish == NO_WISH:
        return defaults
    return JobOptions(
        max_attempts=_first(request.max_attempts, defaults.max_attempts),
        timeout_seconds=_first(request.timeout_seconds, defaults.timeout_seconds),
        backoff=Backoff(
            strategy=_first(wish.strategy, defaults.backoff.strategy),
            base_seconds=_first(wish.base_seconds, defaults.backoff.base_seconds),
            max_seconds=_first(wish.max_seconds, defaults.backoff.max_seconds),
        ),
    )


def _follows(request: JobRequest, standing: Mapping[UUID, JobState]) -> tuple[UUID, ...]:
    """A job that has ended counts at once: only a bad end still matters, to a job that is to be cancelled by it."""
    cancels = request.if_after_fails is IfAfterFails.CANCEL
    return tuple(
        job_id
        for job_id, state in ((one, standing[one]) for one in dict.fromkeys(request.after))
        if not state.is_finished or (cancels and state is not JobState.COMPLETED)
    )


def problems(
    request: JobRequest, kind: SubmittableKind | None, around: Surroundings, *, now: datetime, limits: Limits
) -> list[FieldError]:
    """Everything that is wrong with a request, with pointers into it."""
    return [
        *_kind_problems(request, kind),
        *_payload_problems(request, kind, limits),
        *_queue_problems(request, around.queues),
        *_time_problems(request, now, limits),
        *_option_problems(request, limits),
        *_label_problems(request, limits),
        *_after_problems(request, around.standing, limits),
    ]


def edit_problems(edit: JobEdit, *, now: datetime, limits: Limits) -> list[FieldError]:
    """Everything that is wrong with a change of a job: the rules are those of a submit."""
    asked = JobRequest("edited", run_at=edit.run_at, max_attempts=edit.max_attempts, tags=edit.tags or ())
    return [
        *_time_problems(asked, now, limits),
        *_option_problems(asked, limits),
        *_label_problems(asked, limits),
    ]


def _first(said: T | None, default: T) -> T:
    return default if said is None else said


def _run_at(request: JobRequest, now: datetime) -> datetime | None:
    if request.delay_seconds:
        return now + timedelta(seconds=request.delay_seconds)
    if request.run_at is None or request.run_at <= now:
        return None
    return request.run_at.astimezone(UTC)


def is_name(text: str) -> bool:
    """Whether a kind or a queue could be called this."""
    return len(text) <= LONGEST_NAME and _is_name(text)


@lru_cache(maxsize=1_024)
def _is_name(text: str) -> bool:
    return re.fullmatch(NAME_PATTERN, text) is not None


def _kind_problems(request: JobRequest, kind: SubmittableKind | None) -> list[FieldError]:
    if not is_name(request.kind):
        return [FieldError("/kind", f"must match {NAME_PATTERN}, not {_short(request.kind)}")]
    if kind is None:
        return [FieldError("/kind", f"names no kind of this server: {_short(request.kind)}")]
    if kind.audience == "off":
        return [FieldError("/kind", f"is turned off on this server: {_short(request.kind)}")]
    return []


def _payload_problems(request: JobRequest, kind: SubmittableKind | None, limits: Limits) -> list[FieldError]:
    shape = json_problem(request.payload, limits.payload_depth)
    if shape is not None:
        return [FieldError("/payload" + shape.pointer, shape.message)]
    if (size := written_out(request.payload)) > limits.job_body_bytes:
        rule = f"must have at most {limits.job_body_bytes} bytes with its numbers written out"
        return [FieldError("/payload", f"{rule}, has {size}")]
    if kind is None:
        return []
    try:
        kind.check_payload(request.payload)
    except Invalid as error:
        return error.errors
    return []


def written_out(value: Json) -> int:
    """The bytes of a value as PostgreSQL writes it back: it keeps 1e308 as a number, and spells out 309 digits."""
    text = msgspec.json.encode(value)
    if _EXPONENT.search(text) is None:
        return len(text)
    exponents = _EXPONENT.findall(_JSON_STRING.sub(b"", text))
    return len(text) + sum(abs(int(exponent)) for exponent in exponents)


def json_problem(value: Json, most: int) -> FieldError | None:
    """A place where a JSON value holds U+0000 or goes deeper than `most` levels, or None.

    The value is a stranger's: a stack of its own instead of recursion, and a path is written out only for an error (a
    key of 100 kB above 50,000 items would otherwise be copied 50,000 times). And that walk only where something may be
    wrong: 16 MiB of `[],` keep it busy for 9 s, in which this process answers nobody.
    """
    if _is_surely_fine(value, most):
        return None
    waiting: list[tuple[Json, _Path, int]] = [(value, None, 1)]
    while waiting:
        here, path, depth = waiting.pop()
        if isinstance(here, str):
            if NUL in here:
                return FieldError(_pointer(path), "must not contain the character U+0000")
            continue
        if not isinstance(here, dict | list):
            continue
        if depth > most:
            return FieldError(_pointer(path), f"is nested more than {most} levels deep")
        if isinstance(here, list):
            items = enumerate(cast("list[Json]", here))
        else:
            items = cast("dict[str, Json]", here).items()
            if any(NUL in name for name, _ in items):
                return FieldError(_pointer(path), "has a key with the character U+0000")
        waiting.extend((item, (path, name), depth + 1) for name, item in items)
    return None


def _is_surely_fine(value: Json, most: int) -> bool:
    """The same at the speed of C, from the value's text. False: there may be a problem, and the walk tells where."""
    try:
        text = msgspec.json.encode(value)
    except (RecursionError, TypeError, ValueError, msgspec.MsgspecError):
        return False
    if b"\\u0000" in text:
        return False
    if text.count(b"[") + text.count(b"{") <= most:
        return True
    brackets = _JSON_STRING.sub(b"", text).translate(_TO_SQUARE, _NO_BRACKET)
    for _ in range(most):  # each turn takes the innermost level away
        if not brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    return not brackets


def _pointer(path: "_Path") -> str:
    steps: list[str] = []
    while path is not None:
        path, name = path
        steps.append(escape(str(name)[:POINTER_LENGTH]))
    return "".join(f"/{step}" for step in reversed(steps))[:POINTER_LENGTH]


def escape(name: str) -> str:
    """A name as one step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _queue_problems(request: JobRequest, queues: frozenset[str]) -> list[FieldError]:
    if not is_name(request.queue):
        return [FieldError("/queue", f"must match {NAME_PATTERN}, not {_short(request.queue)}")]
    if request.queue not in queues:
        return [FieldError("/queue", f"names no queue of this server: {_short(request.queue)}")]
    return []


def _time_problems(request: JobRequest, now: datetime, limits: Limits) -> list[FieldError]:
    run_at, delay, days = request.run_at, request.delay_seconds, int(limits.run_ahead_seconds // 86_400)
    if run_at is not None and delay is not None:
        return [FieldError("/delay_seconds", "must not be set together with run_at")]
    if delay is not None and not 0 <= delay <= limits.run_ahead_seconds:
        return [FieldError("/delay_seconds", f"must be from 0 to {limits.run_ahead_seconds:.0f}, not {delay:g}")]
    if run_at is None:
        return []
    if run_at.utcoffset() is None:
        return [FieldError("/run_at", f"must have an offset such as Z or +02:00, not {run_at.isoformat()!r}")]
    if run_at > now + timedelta(seconds=limits.run_ahead_seconds):
        return [FieldError("/run_at", f"must be at most {days} days ahead, not {run_at.isoformat()!r}")]
    return []


def _option_problems(request: JobRequest, limits: Limits) -> list[FieldError]:
    found: list[FieldError] = []
    attempts, timeout, backoff = request.max_attempts, request.timeout_seconds, request.backoff
    if attempts is not None and not 1 <= attempts <= limits.max_attempts:
        found.append(FieldError("/max_attempts", f"must be from 1 to {limits.max_attempts}, not {attempts}"))
    if timeout is not None and not 0 < timeout <= limits.timeout_seconds:
        rule = f"must be more than 0 and at most {limits.timeout_seconds:.0f}"
        found.append(FieldError("/timeout_seconds", f"{rule}, not {timeout:g}"))
    for name, value in (("base_seconds", backoff.base_seconds), ("max_seconds", backoff.max_seconds)):
        if value is not None and not 0 <= value <= LONGEST_PAUSE_SECONDS:
            rule = f"must be from 0 to {LONGEST_PAUSE_SECONDS:.0f}"
            found.append(FieldError(f"/backoff/{name}", f"{rule}, not {value:g}"))
    return found


def _label_problems(request: JobRequest, limits: Limits) -> list[FieldError]:
    found: list[FieldError] = []
    if len(request.tags) > limits.tags:
        found.append(FieldError("/tags", f"must be at most {limits.tags}, not {len(request.tags)}"))
    for index, tag in enumerate(request.tags[: limits.tags]):
        if problem := _text_problem(tag, limits.tag_length):
            found.append(FieldError(f"/tags/{index}", problem))
    if request.unique_key is not None and (problem := _text_problem(request.unique_key, limits.unique_key_length)):
        found.append(FieldError("/unique_key", problem))
    return found


def _after_problems(request: JobRequest, standing: Mapping[UUID, JobState], limits: Limits) -> list[FieldError]:
    if len(request.after) > limits.after:
        return [FieldError("/after", f"must be at most {limits.after}, not {len(request.after)}")]
    return [
        FieldError(f"/after/{index}", f"names no job of yours: '{job_id}'")
        for index, job_id in enumerate(request.after)
        if job_id not in standing
    ]


def _text_problem(text: str, most: int) -> str | None:
    if not 1 <= len(text) <= most:
        return f"must have from 1 to {most} characters, has {len(text)}"
    return "must not contain the character U+0000" if NUL in text else None


def _short(text: str) -> str:
    return repr(text if len(text) <= 64 else text[:63] + "…")
