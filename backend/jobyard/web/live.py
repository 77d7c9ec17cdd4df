"""The live socket, `WS /ws/jobs`: who may open one, and what a client may say on it.

It is accepted before anything is checked: a browser is told a close code only after that. ★ Events are sent from
live_hub.py.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, cast

import structlog
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketException
from litestar.handlers import WebsocketRouteHandler

from jobyard.domain.errors import Forbidden, JobyardError, Unauthenticated
from jobyard.domain.user import Viewer
from jobyard.services.throttling import network
from jobyard.web.app_ports import WebOptions
from jobyard.web.authentication import PUBLIC, bearer_token
from jobyard.web.live_clock import Authenticate, LiveClock
from jobyard.web.live_connection import Connection, close_socket
from jobyard.web.live_guard import SocketGuard, Watched
from jobyard.web.live_hub import LiveHub
from jobyard.web.live_messages import Auth, BadMessage, Close, Subscribe, read_message, ready
from jobyard.web.live_strangers import TooManyStrangers

log = structlog.get_logger(__name__)

AnyWebSocket = WebSocket[Any, Any, Any]


class Refused(Exception):
    """The socket is to be closed, with this code and reason."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gone(Exception):
    """The client has left."""


class Live:
    """What every live socket of this process shares."""

    def __init__(self, hub: LiveHub, authenticate: Authenticate, options: WebOptions) -> None:
        self.hub = hub
        self.guard = SocketGuard(options.limits)
        self.authenticate = authenticate
        self.origins = frozenset({options.origin, *options.allowed_origins})

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Serve until the end of the block."""
        async with self.guard.running(), LiveClock(self.hub, self.authenticate).running(), self.hub.running():
            yield


@websocket("/ws/jobs", opt=PUBLIC)
async def live_jobs(socket: AnyWebSocket, live: NamedDependency[Live]) -> None:
    await socket.accept()
    with live.guard.watching(socket.scope) as watched:
        await _live(socket, live, watched)


LIVE_HANDLERS: list[WebsocketRouteHandler] = [live_jobs]


async def _live(socket: AnyWebSocket, live: Live, watched: Watched) -> None:
    """The life of a socket."""
    try:
        viewer, token, expires_at = await _enter(socket, live, watched)
    except Refused as refusal:
        await close_socket(socket, refusal.code, refusal.reason, seconds=live.hub.times.close)
        return
    except Gone:
        return
    connection = Connection(socket, viewer, token, expires_at, live.hub.times, time.monotonic())
    try:
        await _serve(socket, connection, live, watched)
    except Refused as refusal:
        connection.end(refusal.code, refusal.reason)
    except asyncio.CancelledError:
        if connection.ended is None:
            raise
        cast("asyncio.Task[None]", asyncio.current_task()).uncancel()
    except Gone:
        pass
    finally:
        connection.detach()
        try:
            await connection.close()
        finally:
            live.hub.leave(connection)


async def _enter(socket: AnyWebSocket, live: Live, watched: Watched) -> tuple[Viewer, str, datetime]:
    """Who opens this socket, with what token, good until when."""
    hub = live.hub
    if hub.is_closing:
        raise Refused(Close.RESTARTING, "the server is restarting")
    origins = socket.headers.getall("origin", [])
    if any(origin not in live.origins for origin in origins) or len(origins) > 1:
        raise Refused(Close.NOT_ALLOWED, "this origin may not open a socket")
    address = network(socket.client.host) if socket.client else ""
    try:
        with hub.strangers.one(address, waits="authorization" not in socket.headers):
            async with asyncio.timeout(hub.times.first_message):
                token = await _first_token(socket, hub.limits.socket_message_bytes, watched)
                viewer, expires_at = await _authenticate(token, live.authenticate)
    except TooManyStrangers as error:
        raise Refused(Close.TOO_SLOW, "too many sockets are waiting for their first message") from error
    except TimeoutError as error:
        reason = f"no auth message within {hub.times.first_message:g} s"
        raise Refused(Close.UNAUTHENTICATED, reason) from error
    except asyncio.CancelledError:
        if not hub.is_closing:
            raise
        cast("asyncio.Task[None]", asyncio.current_task()).uncancel()
        raise Refused(Close.RESTARTING, "the server is restarting") from None
    if hub.is_full_for(viewer):
        raise Refused(Close.NOT_ALLOWED, f"a user may have at most {hub.limits.sockets_per_user} sockets")
    return viewer, token, expires_at


async def _first_token(socket: AnyWebSocket, most_bytes: int, watched: Watched) -> str:
    if "authorization" in socket.headers:
        token = bearer_token(socket)
        if token is None:
            raise Refused(Close.UNAUTHENTICATED, "Authorization must be Bearer with an access token")
        return token
    message = await _receive(socket, most_bytes, watched)
    if not isinstance(message, Auth):
        raise Refused(Close.UNAUTHENTICATED, "the first message must be auth")
    return message.token


async def _authenticate(token: str, authenticate: Authenticate) -> tuple[Viewer, datetime]:
    try:
        return await authenticate(token)
    except Unauthenticated as error:
        raise Refused(Close.UNAUTHENTICATED, error.detail) from error
    except Forbidden as error:
        raise Refused(Close.NOT_ALLOWED, error.detail) from error
    except (JobyardError, OSError) as error:
        log.warning("a live socket could not be authenticated", error=repr(error))
        raise Refused(Close.TOO_SLOW, "the database cannot be reached now") from error


async def _receive(socket: AnyWebSocket, most_bytes: int, watched: Watched) -> Any:
    try:
        message = cast("dict[str, Any]", await socket.receive())
    except WebSocketException as error:
        raise Gone from error
    if message["type"] != "websocket.receive":
        raise Gone
    watched.heard()
    try:
        return read_message(message.get("text"), most_bytes)
    except BadMessage as error:
        raise Refused(Close.BAD_MESSAGE, str(error)) from error


async def _serve(socket: AnyWebSocket, connection: Connection, live: Live, watched: Watched) -> None:
    hub = live.hub
    await _wait_for_database(hub.join(connection), hub.times.join)
    while connection.ended is None:
        message = await _receive(socket, hub.limits.socket_message_bytes, watched)
        connection.heard_at = time.monotonic()
        if isinstance(message, Auth):
            await _authenticate_again(connection, message.token, live)
        elif isinstance(message, Subscribe):
            try:
                after = hub.cursors.read(message.after)
            except BadMessage as error:
                raise Refused(Close.BAD_MESSAGE, str(error)) from error
            if message.all:
                if not connection.viewer.is_admin:
                    raise Refused(Close.NOT_ALLOWED, "all is for administrators")
                hub.see_all(connection)
            await _wait_for_database(hub.replay(connection, after), hub.times.replay)


async def _wait_for_database(work: Any, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError as error:
        raise Refused(Close.TOO_SLOW, "the database cannot be reached now") from error


async def _authenticate_again(connection: Connection, token: str, live: Live) -> None:
    viewer, expires_at = await _authenticate(token, live.authenticate)
    if viewer.key != connection.viewer.key:
        raise Refused(Close.NOT_ALLOWED, "this socket belongs to another user")
    connection.viewer, connection.token, connection.expires_at = viewer, token, expires_at
    connection.send(ready(live.hub.cursor_of(connection)))
