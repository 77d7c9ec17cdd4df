"""Time passes on live sockets: pings, silence, tokens that run out, sessions that were ended elsewhere."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime

import structlog

from jobyard.domain.errors import Forbidden, Unauthenticated
from jobyard.domain.user import Viewer
from jobyard.web.live_connection import Connection
from jobyard.web.live_hub import LiveHub
from jobyard.web.live_messages import Close, ping

log = structlog.get_logger(__name__)

Authenticate = Callable[[str], Awaitable[tuple[Viewer, datetime]]]
"""Of an access token: whose it is, and when it runs out. Raises Unauthenticated."""

RECHECK_SECONDS = 5.0


class LiveClock:
    """Looks at every open socket once a tick. Use it within `running()`."""

    def __init__(self, hub: LiveHub, authenticate: Authenticate) -> None:
        self._hub = hub
        self._authenticate = authenticate

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Tick until the end of the block."""
        tasks = [
            asyncio.create_task(self._tick_forever(), name="live-clock"),
            asyncio.create_task(self._recheck_forever(), name="live-recheck"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(self._hub.times.tick)
            monotonic, now = time.monotonic(), datetime.now(UTC)
            for connection in [*self._hub.open]:
                try:
                    if connection.tick(monotonic, now):
                        connection.send(ping(self._hub.cursor_of(connection)))
                except Exception:  # what is wrong with one must not end the pings and the expiry of all
                    log.exception("a live socket could not be looked at")

    async def _recheck_forever(self) -> None:
        while True:
            await asyncio.sleep(self._hub.times.recheck)
            for connection in [*self._hub.open]:
                try:
                    await self._recheck(connection)
                except Exception as error:  # noqa: BLE001 - the database is away, most likely: the token still counts
                    log.warning("sessions of live sockets could not be checked", error=repr(error))
                    break

    async def _recheck(self, connection: Connection) -> None:
        token = connection.token
        if connection.ended is not None or connection.expires_at <= datetime.now(UTC):
            return  # a token that has run out has its own time of grace
        try:
            async with asyncio.timeout(RECHECK_SECONDS):
                viewer, _ = await self._authenticate(token)
        except (Unauthenticated, Forbidden):
            if connection.token == token:
                connection.end(Close.UNAUTHENTICATED, "the session has ended")
        else:
            if connection.sees_all and not viewer.is_admin:
                connection.end(Close.NOT_ALLOWED, "only administrators see all")
