"""Who asks. Access tokens are checked by signature and, at most 30 s ago, against the session in the database."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from jobyard.domain.errors import Unauthenticated
from jobyard.domain.user import Viewer
from jobyard.ports import SessionDirectory
from jobyard.security import AccessTokens

PUBLIC = {"public": True}
"""`opt=PUBLIC` on a handler lets anybody call it. The live socket is public too: it authenticates in its own way."""

REMEMBER_SECONDS = 30.0
"""A disabled user or revoked session is refused within this time in other processes, at once in this one."""

REMEMBER_SESSIONS = 10_000


class Authenticator:
    """Turns an access token into a viewer."""

    def __init__(
        self,
        tokens: AccessTokens,
        sessions: SessionDirectory,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        remember_seconds: float = REMEMBER_SECONDS,
    ) -> None:
        self._tokens = tokens
        self._sessions = sessions
        self._monotonic = monotonic
        self._remember_seconds = remember_seconds
        self._known: dict[UUID, tuple[Viewer, float]] = {}
        self._forgotten = 0

    async def authenticate_token(self, token: str) -> tuple[Viewer, datetime]:
        """The viewer, and when the token runs out. Raises Unauthenticated, and Unavailable without a database."""
        claims = self._tokens.read(token)
        viewer = await self._viewer(claims.session_id)
        if viewer is None or viewer.id != claims.user_id:
            raise Unauthenticated("This session has ended: sign in again.")
        return viewer, datetime.fromtimestamp(claims.expires_at, UTC)

    def forget(self, session_id: UUID) -> None:
        """This session has just ended: refuse it from now on."""
        self._forgotten += 1
        self._known.pop(session_id, None)

    def forget_user(self, user_id: UUID) -> None:
        """Something about this user has just changed: ask the database at the next call of each of its sessions."""
        self._forgotten += 1
        for session_id in [known for known, (viewer, _) in self._known.items() if viewer.id == user_id]:
            del self._known[session_id]

    async def _viewer(self, session_id: UUID) -> Viewer | None:
        known = self._known.get(session_id)
        if known is not None and known[1] > self._monotonic():
            return known[0]
        self._known.pop(session_id, None)
        asked_at, forgotten = self._monotonic(), self._forgotten
        viewer = await self._sessions.viewer(session_id)
        # What was read before somebody was forgotten may be of just that session: it counts for this call alone.
        if viewer is not None and forgotten == self._forgotten:
            while len(self._known) >= REMEMBER_SESSIONS:
                del self._known[next(iter(self._known))]  # the one that was asked for longest ago
            self._known[session_id] = (viewer, asked_at + self._remember_seconds)
        return viewer


def authenticate_guard(authenticator: Authenticator) -> Callable[..., Any]:
    """The application's first guard: no handler runs without a viewer, but those with `opt=PUBLIC`."""

    async def authenticate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if handler.opt.get("public"):
            return
        token = bearer_token(connection)
        if token is None:
            raise Unauthenticated("Sign in first: send `Authorization: Bearer <access token>`.")
        viewer, _ = await authenticator.authenticate_token(token)
        connection.scope["user"] = viewer

    return authenticate


def bearer_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of the `Authorization` header, or None where there is none or of another scheme."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def provide_viewer(request: Request[Viewer, Any, Any]) -> Viewer:
    """The dependency `viewer` of handlers that are not public."""
    return request.user
