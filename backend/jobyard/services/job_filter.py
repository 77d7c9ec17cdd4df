"""What a caller narrows jobs to, by a query or in a body, becomes a `JobFilter`, or a list of all that is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.job import JobState, Priority
from jobyard.ports import JobFilter

MOST_VALUES = 20
"""Of one filter."""

TEXT_LENGTH = 200
FINGERPRINT = re.compile(r"[0-9a-f]{16}")

REPEATABLE = ("state", "priority", "kind", "queue", "tag", "batch_id", "schedule_id", "fingerprint")
SINGLE = ("created_after", "created_before", "q")

T = TypeVar("T")
Pointer = Callable[[str], str]
"""From a filter's name to where it stands: `?state`, `/filter/state`."""


def parse_filter(given: Mapping[str, Sequence[str]], at: Pointer) -> JobFilter:
    """The filter. Raises Invalid with every wrong value."""
    found: list[FieldError] = []

    def parsed(name: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        values: list[T] = []
        problems: list[str] = []
        for text in given.get(name, ()):
            try:
                values.append(parse(_clean(text)))
            except ValueError as error:
                problems.append(str(error))
        found.extend(FieldError(at(name), problem) for problem in dict.fromkeys(problems))
        return tuple(dict.fromkeys(values))

    found += [
        FieldError(at(name), f"may be given at most {MOST_VALUES} times, was given {len(values)} times")
        for name, values in given.items()
        if len(values) > MOST_VALUES
    ]
    if found:
        raise Invalid(found)
    texts = [text for text in parsed("q", _text) if text]
    after, before = parsed("created_after", parse_time), parsed("created_before", parse_time)
    job_filter = JobFilter(
        states=parsed("state", lambda text: _choice(JobState, text)),
        priorities=parsed("priority", lambda text: _choice(Priority, text)),
        kinds=parsed("kind", str),
        queues=parsed("queue", str),
        tags=parsed("tag", str),
        batches=parsed("batch_id", _id),
        schedules=parsed("schedule_id", _id),
        fingerprints=parsed("fingerprint", _fingerprint),
        created_after=after[0] if after else None,
        created_before=before[0] if before else None,
        text=texts[0] if texts else None,
    )
    if found:
        raise Invalid(found)
    return job_filter


def parse_time(text: str) -> datetime:
    """A time with an offset, in UTC. Raises ValueError."""
    try:
        at = msgspec.convert(text, datetime)
        if at.utcoffset() is not None:
            return at.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise ValueError(f"must be a time such as 2026-01-02T03:04:05Z, not {_short(text)}") from error
    raise ValueError(f"must have an offset such as Z or +02:00, not {_short(text)}")


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character U+0000")
    return text


def _choice(choices: Callable[[str], T], text: str) -> T:
    try:
        return choices(text)
    except ValueError as error:
        names = ", ".join(JobState if choices is JobState else Priority)
        raise ValueError(f"must be one of {names}, not {_short(text)}") from error


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError(f"must be an id, not {_short(text)}") from error


def _fingerprint(text: str) -> str:
    if not FINGERPRINT.fullmatch(text):
        raise ValueError(f"must be a fingerprint as GET /jobs/errors tells them, not {_short(text)}")
    return text


def _text(text: str) -> str:
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"must have at most {TEXT_LENGTH} characters, has {len(text)}")
    return text.strip().lower()


def _short(text: str) -> str:
    return repr(text if len(text) <= 64 else text[:63] + "…")
