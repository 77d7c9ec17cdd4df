"""The audit trail, as its owner and administrators read it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from jobyard.domain.audit import Actor, ActorKind, AuditLine
from jobyard.domain.errors import Forbidden
from jobyard.domain.user import Viewer
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
            AuditTarget(line.target.kind, line.target.id),
            line.address,
            line.request_id,
            dict(line.detail),
        )


class AuditPage(msgspec.Struct):
    """Some lines, newest first."""

    items: list[AuditAnswer]
    next_cursor: str | None


@get("/audit", opt={"problems": (403,)}, tags=TAGS, summary="Who did what to what, from where, when")
async def list_audit(
    request: Request[Any, Any, Any],
    viewer: NamedDependency[Viewer],
    ports: NamedDependency[AppPorts],
    everyone: Everyone = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[AuditPage]:
    """What you did, and what was done to your account, newest first."""
    if everyone and not viewer.is_admin:
        raise Forbidden("?all=true is for administrators.")
    before = decode_id(LISTS[everyone], cursor)
    page = await ports.audit.page(viewer, before, limit, everyone=everyone)
    next_cursor = encode_id(LISTS[everyone], page.next_before)
    answer = AuditPage([AuditAnswer.of(line) for line in page.items], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


AUDIT_HANDLERS: list[HTTPRouteHandler] = [list_audit]
