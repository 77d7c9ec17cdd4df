"""The audit trail, as its owner and administrators read it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from msgspec import Meta

from jobyard.domain.audit import Actor, ActorKind, AuditAction, AuditLine
from jobyard.domain.errors import FieldError, Forbidden, Invalid
from jobyard.domain.user import Viewer
from jobyard.ports import AuditFilter
from jobyard.services.job_filter import parse_time
from jobyard.web.app_ports import AppPorts
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, decode_id, encode_id, link_to_next

TAGS = ["Audit"]
LISTS = {False: "audit", True: "audit of all"}

Everyone = Annotated[bool, QueryParameter(name="all", description="Everybody's: for administrators.")]


class AuditActor(msgspec.Struct):
    """Who did it. `name` is a user's email or a key's name; null for a user who is gone."""

    kind: ActorKind
    id: UUID | None
    name: str | None

    @classmethod
    def of(cls, actor: Actor) -> "AuditActor":
        return cls(actor.kind, actor.id, actor.name)


class AuditTarget(msgspec.Struct):
    """What it was done to."""

    kind: str
    id: UUID | None


class AuditAnswer(msgspec.Struct):
    """One line of the trail. `address` and `request_id` are null where another user acted."""

    id: UUID
    at: datetime
    action: str
    actor: AuditActor
    owner_id: UUID | None
    owner_name: Annotated[str | None, Meta(description="The email of whose trail it stands in.")]
    target: AuditTarget
    address: str | None
    request_id: str | None
    detail: dict[str, Any]

    @classmethod
    def of(cls, line: AuditLine) -> "AuditAnswer":
        return cls(
            line.id,
            line.at,
            line.action,
            AuditActor.of(line.actor),
            line.owner_id,
            line.owner_name,
            AuditTarget(line.target.kind, line.target.id),
            line.address,
            line.request_id,
            dict(line.detail),
        )


class AuditPage(msgspec.Struct):
    """Some lines, newest first."""

    items: list[AuditAnswer]
    next_cursor: str | None


Time = {"format": "date-time"}
T = TypeVar("T")


async def provide_audit_filter(
    actions: Annotated[
        tuple[str, ...],
        QueryParameter(
            name="action",
            description="What was done. May be repeated: any of them.",
            schema_extra={"items": {"type": "string", "enum": [action.value for action in AuditAction]}},
        ),
    ] = (),
    actor_id: Annotated[
        str | None,
        QueryParameter(
            description="Who did it: a user, also through its keys, or an API key.", schema_extra={"format": "uuid"}
        ),
    ] = None,
    after: Annotated[str | None, QueryParameter(description="At this time or after it.", schema_extra=Time)] = None,
    before: Annotated[str | None, QueryParameter(description="Before this time.", schema_extra=Time)] = None,
) -> AuditFilter:
    """What the query narrows the trail to."""
    wrong: list[FieldError] = []
    if len(actions) > len(AuditAction):
        rule = f"may be given at most {len(AuditAction)} times, was given {len(actions)} times"
        raise Invalid([FieldError("?action", rule)])
    chosen = dict.fromkeys(_parsed("?action", _action, actions, wrong))
    actor = _parsed("?actor_id", _id, _given(actor_id), wrong)
    since = _parsed("?after", parse_time, _given(after), wrong)
    until = _parsed("?before", parse_time, _given(before), wrong)
    if wrong:
        raise Invalid(wrong)
    return AuditFilter(tuple(chosen), next(iter(actor), None), next(iter(since), None), next(iter(until), None))


@get(
    "/audit",
    opt={"problems": (403,)},
    tags=TAGS,
    summary="Who did what to what, from where, when",
    dependencies={"audit_filter": provide_audit_filter},
)
async def list_audit(
    request: Request[Any, Any, Any],
    viewer: NamedDependency[Viewer],
    ports: NamedDependency[AppPorts],
    audit_filter: NamedDependency[AuditFilter],
    everyone: Everyone = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[AuditPage]:
    """What you did, and what was done to your account, newest first."""
    if everyone and not viewer.is_admin:
        raise Forbidden("?all=true is for administrators.")
    name = LISTS[everyone]
    if not audit_filter.is_empty:
        name = f"{name} {msgspec.json.encode(audit_filter).decode()}"  # a cursor of another filter is not of this list
    page = await ports.audit.page(viewer, decode_id(name, cursor), limit, audit_filter, everyone=everyone)
    next_cursor = encode_id(name, page.next_before)
    answer = AuditPage([AuditAnswer.of(line) for line in page.items], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


AUDIT_HANDLERS: list[HTTPRouteHandler] = [list_audit]


def _given(text: str | None) -> list[str]:
    return [] if text is None else [text]


def _parsed(pointer: str, parse: Callable[[str], T], texts: Sequence[str], wrong: list[FieldError]) -> list[T]:
    """What the texts mean; what is wrong with them joins `wrong`."""
    found: list[T] = []
    for text in texts:
        try:
            found.append(parse(text))
        except ValueError as error:
            wrong.append(FieldError(pointer, str(error)))
    return found


def _action(text: str) -> AuditAction:
    try:
        return AuditAction(text)
    except ValueError as error:
        raise ValueError(f"must be one of {', '.join(AuditAction)}, not {text[:64]!r}") from error


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError(f"must be an id, not {text[:64]!r}") from error
