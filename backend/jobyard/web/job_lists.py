"""Lists, counts and groups of jobs, and what narrows them."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.job import JobState, Priority
from jobyard.ports import ErrorGroup, JobFilter, ListOrder, PlaceInLine
from jobyard.services.job_filter import parse_filter
from jobyard.web.app_ports import AppPorts
from jobyard.web.job_structs import CountsAnswer, JobPage, JobSummary
from jobyard.web.paging import (
    DEFAULT_LIMIT,
    NOT_OURS,
    Limit,
    PageCursor,
    decode_cursor,
    decode_id,
    encode_cursor,
    encode_id,
    link_to_next,
    page_of,
)
from jobyard.web.whose import Whose, provide_whose

TAGS = ["Jobs"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLACE = struct.Struct(">BBq16s")

AnyRequest = Request[Any, Any, Any]
Of = NamedDependency[Whose]
Ports = NamedDependency[AppPorts]


def _many(name: str, what: str = "", **items: Any) -> QueryParameter:
    """A filter that may be given several times. Litestar's errors would name the argument, so choices are ours."""
    description = f"{what} May be repeated: any of them.".strip()
    return QueryParameter(name=name, description=description, schema_extra={"items": {"type": "string"} | items})


def _enum(choices: type[JobState | Priority]) -> dict[str, Any]:
    return {"enum": [choice.value for choice in choices]}


Time = {"format": "date-time"}


async def provide_filter(  # noqa: PLR0913, PLR0917 - one a filter
    states: Annotated[tuple[str, ...], _many("state", **_enum(JobState))] = (),
    priorities: Annotated[tuple[str, ...], _many("priority", **_enum(Priority))] = (),
    kinds: Annotated[tuple[str, ...], _many("kind")] = (),
    queues: Annotated[tuple[str, ...], _many("queue")] = (),
    tags: Annotated[tuple[str, ...], _many("tag")] = (),
    batches: Annotated[tuple[str, ...], _many("batch_id", format="uuid")] = (),
    schedules: Annotated[tuple[str, ...], _many("schedule_id", format="uuid")] = (),
    fingerprints: Annotated[
        tuple[str, ...], _many("fingerprint", "Of failures, as `GET /jobs/errors` tells them.")
    ] = (),
    created_after: Annotated[
        str | None, QueryParameter(description="At this time or after it.", schema_extra=Time)
    ] = None,
    created_before: Annotated[str | None, QueryParameter(description="Before this time.", schema_extra=Time)] = None,
    text: Annotated[
        str | None,
        QueryParameter(
            name="q", description="The beginning of an id, or part of a kind, a tag or the last error's message."
        ),
    ] = None,
) -> JobFilter:
    """What the query narrows a list or a count to."""
    many = {
        "state": states, "priority": priorities, "kind": kinds, "queue": queues, "tag": tags, "batch_id": batches,
        "schedule_id": schedules, "fingerprint": fingerprints,
    }  # fmt: skip
    single = {"created_after": created_after, "created_before": created_before, "q": text}
    given = many | {name: (value,) for name, value in single.items() if value is not None}
    return parse_filter(given, "?{}".format)


NARROWED = {"job_filter": provide_filter, "whose": provide_whose}
"""By a filter, and by whose jobs they are."""

PROBLEMS = {"problems": (403, 404)}


@get("/jobs", opt=PROBLEMS, tags=TAGS, summary="Your jobs, newest first", dependencies=NARROWED)
async def list_jobs(
    request: AnyRequest,
    whose: Of,
    ports: Ports,
    job_filter: NamedDependency[JobFilter],
    order: Annotated[
        str,
        QueryParameter(
            schema_extra={"enum": [order.value for order in ListOrder]},
            description="`next` lists waiting jobs alone, in the order in which they will run.",
        ),
    ] = ListOrder.NEWEST.value,
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[JobPage]:
    chosen = _order(order)
    # A cursor of other filters is not of this list.
    name = f"jobs {chosen} of {whose.name} {msgspec.json.encode(job_filter).decode()}"
    if chosen is ListOrder.NEXT:
        line = await ports.job_store.line(
            whose.viewer, job_filter, _decode_place(name, cursor), limit, everyone=whose.everyone
        )
        items, next_cursor = line.items, line.next_after and encode_cursor(name, _encode_place(line.next_after))
    else:
        page = await ports.job_store.page(
            whose.viewer,
            job_filter,
            decode_id(name, cursor),
            limit,
            oldest_first=chosen is ListOrder.OLDEST,
            everyone=whose.everyone,
        )
        items, next_cursor = page.items, encode_id(name, page.next_before)
    answer = JobPage([JobSummary.of(job) for job in items], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


@get(
    "/jobs/counts",
    opt=PROBLEMS,
    tags=TAGS,
    summary="How many of your jobs are in each state",
    dependencies=NARROWED,
)
async def count_jobs(whose: Of, ports: Ports, job_filter: NamedDependency[JobFilter]) -> CountsAnswer:
    counts = await ports.job_store.counts(whose.viewer, job_filter, everyone=whose.everyone)
    by_state = {state.value: counts.by_state.get(state, 0) for state in JobState}
    return CountsAnswer(**by_state, capped=counts.capped)


class ErrorGroupAnswer(msgspec.Struct, frozen=True):
    """Failed jobs of one kind with the same error, but for numbers and ids in its message."""

    fingerprint: Annotated[str, msgspec.Meta(description="To be used as a filter.")]
    kind: str
    type: str
    message: Annotated[str, msgspec.Meta(description="Of the newest.")]
    count: int
    first_seen: datetime
    last_seen: datetime
    sample_job_id: UUID

    @classmethod
    def of(cls, group: ErrorGroup) -> "ErrorGroupAnswer":
        """The group as it is told."""
        return cls(
            group.fingerprint, group.kind, group.type, group.message, group.count, group.first_seen, group.last_seen,
            group.sample_job_id,
        )  # fmt: skip


class ErrorGroupPage(msgspec.Struct, frozen=True):
    """Some groups of failures."""

    items: list[ErrorGroupAnswer]
    next_cursor: str | None


@get(
    "/jobs/errors",
    opt=PROBLEMS,
    tags=TAGS,
    summary="Your newest 2,000 failures, grouped by what went wrong, the largest group first",
    dependencies=NARROWED,
)
async def list_error_groups(
    request: AnyRequest,
    whose: Of,
    ports: Ports,
    job_filter: NamedDependency[JobFilter],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[ErrorGroupPage]:
    groups = await ports.job_store.error_groups(whose.viewer, job_filter, everyone=whose.everyone)
    name = f"errors of {whose.name} {msgspec.json.encode(job_filter).decode()}"
    shown, next_cursor = page_of(groups, lambda group: group.fingerprint, name, cursor, limit)
    answer = ErrorGroupPage([ErrorGroupAnswer.of(group) for group in shown], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


LIST_HANDLERS: list[HTTPRouteHandler] = [list_jobs, count_jobs, list_error_groups]


def _order(text: str) -> ListOrder:
    try:
        return ListOrder(text)
    except ValueError as error:
        raise Invalid([FieldError("?order", f"must be one of {', '.join(ListOrder)}, not {text[:64]!r}")]) from error


def _encode_place(place: PlaceInLine) -> bytes:
    return PLACE.pack(place.phase, place.rank, (place.at - EPOCH) // timedelta(microseconds=1), place.id.bytes)


def _decode_place(name: str, cursor: str | None) -> PlaceInLine | None:
    if cursor is None:
        return None
    try:
        phase, rank, microseconds, job_id = PLACE.unpack(decode_cursor(name, cursor))
    except struct.error as error:
        raise Invalid([FieldError("?cursor", NOT_OURS)]) from error
    return PlaceInLine(phase, rank, EPOCH + timedelta(microseconds=microseconds), UUID(bytes=job_id))
