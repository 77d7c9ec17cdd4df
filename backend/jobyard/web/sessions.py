"""Sessions: sign in, refresh, sign out, and the list of one's own."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from jobyard.domain.user import Viewer
from jobyard.ports import SessionInfo
from jobyard.web.app_ports import AppPorts
from jobyard.web.authentication import PUBLIC
from jobyard.web.caller import caller_of
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, decode_id, encode_id, link_to_next
from jobyard.web.refresh_cookie import (
    SignedInAnswer,
    refresh_token,
    refuse_other_sites,
    signed_in_answer,
    signed_out_answer,
)
from jobyard.web.verified import UNVERIFIED

TAGS = ["Accounts"]
LIST = "sessions"


class SignInRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A sign-in."""

    email: str
    password: str


class SessionAnswer(msgspec.Struct):
    """A sign-in. `last_used_at` is its last refresh: up to 15 minutes before its last call."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    current: bool

    @classmethod
    def of(cls, session: SessionInfo, viewer: Viewer) -> "SessionAnswer":
        is_current = session.id == viewer.session_id
        return cls(session.id, session.device, session.address, session.created_at, session.used_at, is_current)


class SessionPage(msgspec.Struct):
    """A page of sessions, the newest first."""

    items: list[SessionAnswer]
    next_cursor: str | None


@post("/login", status_code=200, opt=PUBLIC | {"problems": (401, 403, 429)}, tags=TAGS, summary="Sign in")
async def sign_in(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[SignInRequest]
) -> Response[SignedInAnswer]:
    signed_in = await ports.accounts.entrance.sign_in(data.email, data.password, caller_of(request))
    return signed_in_answer(signed_in, ports.options, 200)


@post(
    "/token/refresh",
    status_code=200,
    opt=PUBLIC | {"problems": (401, 403)},
    tags=TAGS,
    summary="Get a new access token for the refresh cookie, which rotates",
)
async def refresh(request: Request[Any, Any, Any], ports: NamedDependency[AppPorts]) -> Response[SignedInAnswer]:
    refuse_other_sites(request, ports.options)
    signed_in = await ports.accounts.sessions.refresh(refresh_token(request, ports.options), caller_of(request))
    return signed_in_answer(signed_in, ports.options, 200)


@post("/logout", status_code=204, opt=PUBLIC | {"problems": (403,)}, tags=TAGS, summary="End the session")
async def sign_out(request: Request[Any, Any, Any], ports: NamedDependency[AppPorts]) -> Response[None]:
    refuse_other_sites(request, ports.options)
    await ports.accounts.sessions.sign_out(refresh_token(request, ports.options), caller_of(request))
    return signed_out_answer(ports.options)


@get("/me/sessions", opt=UNVERIFIED, tags=TAGS, summary="Where one is signed in, the newest first")
async def list_sessions(
    request: Request[Any, Any, Any],
    viewer: NamedDependency[Viewer],
    ports: NamedDependency[AppPorts],
    cursor: PageCursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response[SessionPage]:
    before = decode_id(LIST, cursor)
    async with ports.account_unit() as work:
        found = await work.sessions.page(viewer, before, limit + 1)
    shown = found[:limit]
    next_cursor = encode_id(LIST, shown[-1].id if len(found) > limit else None)
    page = SessionPage([SessionAnswer.of(session, viewer) for session in shown], next_cursor)
    return Response(page, headers=link_to_next(request, next_cursor))


@delete(
    "/me/sessions/{session_id:uuid}",
    status_code=204,
    opt=UNVERIFIED,
    tags=TAGS,
    summary="End one of one's own sessions",
)
async def revoke_session(
    viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts], session_id: FromPath[UUID]
) -> None:
    await ports.accounts.sessions.revoke(viewer, session_id)


SESSION_HANDLERS: list[HTTPRouteHandler] = [sign_in, refresh, sign_out, list_sessions, revoke_session]
