"""Who asks: by an access token, checked by signature and at most 30 s ago against the session, or by an API key."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope

from jobyard.domain.api_key import PREFIX, digest_of, is_api_key
from jobyard.domain.errors import Unauthenticated
from jobyard.domain.user import Viewer
from jobyard.ports import KeyDirectory, KeyHolder, SessionDirectory
from jobyard.security import AccessTokens
from jobyard.web.access import SOCKET, check_access, check_call
from jobyard.web.caller import caller_of
from jobyard.web.memory import Memory

PUBLIC = {"public": True}
"""`opt=PUBLIC` on a handler lets anybody call it. The live socket is public too: it authenticates in its own way."""

REMEMBER_SECONDS = 30.0
"""A disabled user or revoked session is refused within this time in other processes, at once in this one."""

REMEMBER_KEY_SECONDS = 4.0
"""A deleted API key is refused within 5 s in other processes, at once in this one."""

REMEMBER_SESSIONS = 10_000
NEVER = datetime.max.replace(tzinfo=UTC)
"""When an API key without a time runs out."""


class Authenticator:
    """Turns an access token or an API key into a viewer."""

    def __init__(
        self,
        tokens: AccessTokens,
        sessions: SessionDirectory,
        keys: KeyDirectory,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._sessions: Memory[UUID, Viewer] = Memory(sessions.viewer, REMEMBER_SECONDS, REMEMBER_SESSIONS, monotonic)
        self._keys: Memory[bytes, KeyHolder] = Memory(keys.holder, REMEMBER_KEY_SECONDS, REMEMBER_SESSIONS, monotonic)

    async def authenticate_token(self, token: str) -> tuple[Viewer, datetime]:
        """The viewer, and when the token runs out. Raises Unauthenticated, and Unavailable without a database."""
        if token.startswith(PREFIX):
            return await self._authenticate_key(token)
        claims = self._tokens.read(token)
        viewer = await self._sessions.get(claims.session_id)
        if viewer is None or viewer.id != claims.user_id:
            raise Unauthenticated("This session has ended: sign in again.")
        return viewer, datetime.fromtimestamp(claims.expires_at, UTC)

    async def authenticate_socket(self, token: str) -> tuple[Viewer, datetime]:
        """The same for the live socket. Raises Forbidden for a key that may not read jobs."""
        viewer, expires_at = await self.authenticate_token(token)
        check_access(viewer, SOCKET)
        return viewer, expires_at

    async def _authenticate_key(self, key: str) -> tuple[Viewer, datetime]:
        holder = await self._keys.get(digest_of(key)) if is_api_key(key) else None
        expires_at = NEVER if holder is None or holder.expires_at is None else holder.expires_at
        if holder is None or expires_at <= datetime.now(UTC):
            raise Unauthenticated("This API key is not good: it was deleted, or has run out, or never was one.")
        return holder.viewer, expires_at

    def forget(self, session_id: UUID) -> None:
        """This session has just ended: refuse it from now on."""
        self._sessions.forget(session_id)

    def forget_key(self, key_id: UUID) -> None:
        """This API key was just deleted: refuse it from now on."""
        self._keys.forget_where(lambda holder: holder.viewer.api_key is not None and holder.viewer.api_key.id == key_id)

    def forget_user(self, user_id: UUID) -> None:
        """Something about this user has just changed: look its sessions and keys up again."""
        self._sessions.forget_where(lambda viewer: viewer.id == user_id)
        self._keys.forget_where(lambda holder: holder.viewer.id == user_id)


def authenticate_guard(authenticator: Authenticator) -> Callable[..., Any]:
    """The application's first guard: no handler runs without a viewer that may call it, but those with `opt=PUBLIC`."""

    async def authenticate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if handler.opt.get("public"):
            return
        token = bearer_token(connection)
        if token is None:
            raise Unauthenticated("Sign in first: send `Authorization: Bearer <access token or API key>`.")
        viewer, _ = await authenticator.authenticate_token(token)
        viewer = replace(viewer, caller=caller_of(connection))
        connection.scope["user"] = viewer
        check_call(viewer, cast("HTTPScope", connection.scope)["method"], connection.scope["path_template"])

    return authenticate


def bearer_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of the `Authorization` header, or None where there is none or of another scheme."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def provide_viewer(request: Request[Viewer, Any, Any]) -> Viewer:
    """The dependency `viewer` of handlers that are not public."""
    return request.user
