"""Where sign-up is for one domain and mail is sent, a user does nothing before the address is confirmed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from jobyard.domain.errors import Forbidden
from jobyard.domain.user import Viewer
from jobyard.web.authentication import Authenticator, bearer_token

UNVERIFIED = {"unverified": True}
"""`opt=UNVERIFIED` on a handler: it is also for those whose address is not confirmed yet."""

DETAIL = "Confirm your address first: open the link in the mail that was sent to it, or ask for another one."

Authenticate = Callable[[str], Awaitable[tuple[Viewer, datetime]]]


def verified_guard(authenticator: Authenticator, *, verified_only: bool) -> Callable[..., Any]:
    """The application's guard after the one that finds out who asks."""

    async def check(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if not verified_only or handler.opt.get("public") or handler.opt.get("unverified"):
            return
        if not _is_free(connection.user):
            # What is remembered may be half a minute old, and another process confirmed the address meanwhile.
            authenticator.forget_user(connection.user.id)
            viewer, _ = await authenticator.authenticate_token(bearer_token(connection) or "")
            if not _is_free(viewer):
                raise Forbidden(DETAIL)

    return check


def verified_socket(authenticate: Authenticate, *, verified_only: bool) -> Authenticate:
    """The same for the live socket, which finds out by itself who asks."""

    async def checked(token: str) -> tuple[Viewer, datetime]:
        viewer, expires_at = await authenticate(token)
        if verified_only and not _is_free(viewer):
            raise Forbidden(DETAIL)
        return viewer, expires_at

    return checked


def _is_free(viewer: Viewer) -> bool:
    """An operator has vouched for an administrator."""
    return viewer.email_verified or viewer.is_admin
