"""What happened to a job: its runs, its timeline, and the lines that it logged."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter
from msgspec import Meta

from jobyard.domain.errors import FieldError, Invalid, NotFound
from jobyard.domain.timeline import Doer, DoerKind, TimelineEvent, TimelineType, timeline
from jobyard.domain.user import Viewer
from jobyard.ports import LogLevel, LogLine, LogPlace
from jobyard.web.app_ports import AppPorts
from jobyard.web.job_structs import AttemptAnswer, AttemptPage
from jobyard.web.paging import (
    DEFAULT_LIMIT,
    NOT_OURS,
    Limit,
    PageCursor,
    decode_cursor,
    encode_cursor,
    link_to_next,
    page_of,
)

TAGS = ["Jobs"]
START = LogPlace(0, 0)

AnyRequest = Request[Any, Any, Any]
Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


@get("/jobs/{job_id:uuid}/attempts", opt={"problems": (404,)}, tags=TAGS, summary="The runs of a job, oldest first")
async def list_attempts(
    request: AnyRequest,
    viewer: Asker,
    ports: Ports,
    job_id: FromPath[UUID],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[AttemptPage]:
    """Of runs that did not complete, the first and the last 20 are kept."""
    attempts = _found(await ports.job_store.attempts(viewer, job_id), job_id)
    shown, next_cursor = page_of(attempts, lambda attempt: str(attempt.run), f"attempts of {job_id}", cursor, limit)
    answer = AttemptPage([AttemptAnswer.of(attempt) for attempt in shown], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


class ActorAnswer(msgspec.Struct, frozen=True):
    """Who did it."""

    kind: DoerKind
    id: Annotated[str | None, Meta(description="A user's, an API key's or a schedule's.")]
    name: str | None

    @classmethod
    def of(cls, doer: Doer) -> "ActorAnswer":
        """Who did it, as it is told."""
        return cls(doer.kind, doer.id, doer.name)


class EventAnswer(msgspec.Struct, frozen=True):
    """One thing that happened to a job."""

    id: Annotated[UUID, Meta(description="The same whenever it is read.")]
    at: datetime
    type: TimelineType
    actor: ActorAnswer
    attempt: int
    detail: Annotated[dict[str, Any], Meta(description="What its type tells more: an error, what was changed.")]

    @classmethod
    def of(cls, event: TimelineEvent) -> "EventAnswer":
        """The event as the job's owner sees it."""
        return cls(event.id, event.at, event.type, ActorAnswer.of(event.doer), event.attempt, dict(event.detail))


class EventPage(msgspec.Struct, frozen=True):
    """A part of a timeline."""

    items: list[EventAnswer]
    next_cursor: str | None


@get("/jobs/{job_id:uuid}/events", opt={"problems": (404,)}, tags=TAGS, summary="The timeline of a job, oldest first")
async def list_events(
    request: AnyRequest,
    viewer: Asker,
    ports: Ports,
    job_id: FromPath[UUID],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[EventPage]:
    """Of a job with many runs those in the middle are not told: the first and the last 20 are kept."""
    events = timeline(_found(await ports.history.story(viewer, job_id), job_id))
    shown, next_cursor = page_of(events, lambda event: str(event.id), f"events of {job_id}", cursor, limit)
    answer = EventPage([EventAnswer.of(event) for event in shown], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


class LogLineAnswer(msgspec.Struct, frozen=True):
    """What a handler logged."""

    id: Annotated[UUID, Meta(description="To be given as `after`.")]
    at: datetime
    level: LogLevel
    message: str
    attempt: int

    @classmethod
    def of(cls, line: LogLine) -> "LogLineAnswer":
        """The line as its job's owner sees it."""
        return cls(line_id(line.at, line.place), line.at, line.level, line.message, line.attempt)


class LogPage(msgspec.Struct, frozen=True):
    """Some lines."""

    items: list[LogLineAnswer]
    next_cursor: str | None


@get("/jobs/{job_id:uuid}/logs", opt={"problems": (404,)}, tags=TAGS, summary="What a job logged, oldest first")
async def list_logs(
    request: AnyRequest,
    viewer: Asker,
    ports: Ports,
    job_id: FromPath[UUID],
    after: Annotated[
        str | None,
        QueryParameter(description="The `id` of the last line that is known.", schema_extra={"format": "uuid"}),
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[LogPage]:
    """Readable within a second, and all of a run's before its outcome. A run that logs too much is cut, and says so."""
    name = f"logs of {job_id}"
    try:  # the cursor of an answer is further on than its `after`
        known = max(_place_of(after), _decode_place(name, cursor))
    except Invalid:
        _found(await ports.history.logs(viewer, job_id, START, 1), job_id)
        raise
    lines = _found(await ports.history.logs(viewer, job_id, known, limit + 1), job_id)
    shown = lines[:limit]
    next_cursor = encode_cursor(name, _encode_place(shown[-1].place)) if len(lines) > limit else None
    answer = LogPage([LogLineAnswer.of(line) for line in shown], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


HISTORY_HANDLERS: list[HTTPRouteHandler] = [list_attempts, list_events, list_logs]


def line_id(at: datetime, place: LogPlace) -> UUID:
    """A UUIDv7 that holds the line's place where others have random bits: it is unique among a job's lines."""
    milliseconds, microseconds = divmod(int(at.timestamp() * 1_000_000), 1000)
    high = (milliseconds & (2**48 - 1)) << 80 | 7 << 76 | microseconds << 64
    return UUID(int=high | 0b10 << 62 | (place.run & (2**30 - 1)) << 32 | place.number & (2**32 - 1))


def _place_of(after: str | None) -> LogPlace:
    if after is None:
        return START
    try:
        line = UUID(after)
    except ValueError as error:
        raise Invalid([FieldError("?after", f"must be the id of a line, not {after[:64]!r}")]) from error
    number = line.int & (2**32 - 1)
    if line.version != 7 or number >= 2**31:
        raise Invalid([FieldError("?after", f"must be the id of a line, not {after[:64]!r}")])
    return LogPlace(line.int >> 32 & (2**30 - 1), number)


def _encode_place(place: LogPlace) -> bytes:
    return place.run.to_bytes(4, "big") + place.number.to_bytes(4, "big")


def _decode_place(name: str, cursor: str | None) -> LogPlace:
    if cursor is None:
        return START
    place = decode_cursor(name, cursor)
    if len(place) != 8:
        raise Invalid([FieldError("?cursor", NOT_OURS)])
    return LogPlace(int.from_bytes(place[:4], "big"), int.from_bytes(place[4:], "big"))


def _found(thing: Any, job_id: UUID) -> Any:
    if thing is None:
        raise NotFound(f"You have no job {job_id}.")
    return thing
