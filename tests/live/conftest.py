"""The application with jobs in memory; tokens are `mara` and `ana`, and what a test makes up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from litestar import Litestar

from jobyard.domain.errors import Unauthenticated, Unavailable
from jobyard.domain.user import Role, Viewer
from jobyard.handlers.registry import Registry
from jobyard.web.app import create_app
from jobyard.web.app_ports import AppPorts, WebOptions
from jobyard.web.live_connection import LiveTimes
from jobyard.web.live_cursors import Cursors
from tests.doubles.memory_jobs import OWNER_IDS, MemoryJobs
from tests.live.asgi_socket import AsgiSocket, open_socket

ORIGIN = "http://localhost:8080"
MARA, ANA, ROOT = 1, 2, 3
CURSOR_KEY = b"a key for the cursors of tests!!"
CURSORS = Cursors([CURSOR_KEY])
QUICK = LiveTimes(tick=0.01, recheck=0.01, poll=0.05, close=0.5)


@dataclass
class Tokens:
    """Whose each token is, and when it runs out."""

    known: dict[str, tuple[int, datetime]] = field(default_factory=dict[str, tuple[int, datetime]])
    admins: set[int] = field(default_factory=lambda: {ROOT})
    down: bool = False
    asked: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])

    def give(self, token: str, owner: int, seconds: float = 900) -> None:
        self.known[token] = (owner, datetime.now(UTC) + timedelta(seconds=seconds))

    async def next_asked(self) -> str:
        """The next token that is checked from now on."""
        while not self.asked.empty():
            self.asked.get_nowait()
        async with asyncio.timeout(60):
            return await self.asked.get()

    async def authenticate_socket(self, token: str) -> tuple[Viewer, datetime]:
        self.asked.put_nowait(token)
        if self.down:
            raise Unavailable("the database is away")
        if token not in self.known:
            raise Unauthenticated("This token is not good.")
        owner, expires_at = self.known[token]
        role = Role.ADMIN if owner in self.admins else Role.USER
        return Viewer(owner, OWNER_IDS[owner], role), expires_at


def xmin(cursor: str) -> int:
    """The transaction that a cursor stands for."""
    place = CURSORS.read(cursor)
    assert place is not None
    return place.xmin


@dataclass
class Yard:
    """An application whose sockets a test opens."""

    app: Litestar
    jobs: MemoryJobs
    tokens: Tokens
    stop: Callable[[], Any]

    async def open(self, *headers: tuple[str, str], query: str = "", address: str = "192.0.2.1") -> AsgiSocket:
        return await open_socket(self.app, *headers, query=query, address=address)

    async def enter(self, token: str = "mara") -> tuple[AsgiSocket, str]:
        """A socket that is ready, and its cursor."""
        socket = await self.open(("Authorization", f"Bearer {token}"))
        message = await socket.hear()
        assert message["type"] == "ready"
        return socket, message["cursor"]

    async def see_all(self) -> AsgiSocket:
        """The socket of an administrator who hears of everybody's jobs."""
        socket, cursor = await self.enter("root")
        socket.say({"type": "subscribe", "after": cursor, "all": True})
        await socket.hear_until("subscribed")
        return socket


StartYard = Callable[..., Any]


@pytest.fixture
async def start_yard() -> AsyncIterator[StartYard]:
    """Starts applications; times by name."""
    async with AsyncExitStack() as stack:

        async def start(**times: float) -> Yard:
            jobs, tokens, nothing = MemoryJobs(), Tokens(), cast("Any", None)
            tokens.give("mara", MARA)
            tokens.give("ana", ANA)
            tokens.give("root", ROOT)
            app = create_app(
                AppPorts(
                    options=WebOptions(
                        ORIGIN,
                        is_https=False,
                        allowed_origins=("https://tools.example.org",),
                        live_times=replace(QUICK, **times),
                        cursor_keys=(CURSOR_KEY,),
                    ),
                    accounts=nothing,
                    authenticator=cast("Any", tokens),
                    registry=Registry(),
                    job_store=cast("Any", jobs),
                    waiting=nothing,
                    outcome_log=jobs,
                    listener=cast("Any", jobs),
                    account_unit=nothing,
                    account_data=nothing,
                    audit=nothing,
                    bulk=nothing,
                    history=nothing,
                    statistics=nothing,
                    queues=nothing,
                    api_keys=nothing,
                    users=nothing,
                    workers=nothing,
                    inbox=nothing,
                    wishes=nothing,
                    is_outage=lambda _: False,
                )
            )
            life = AsyncExitStack()
            await life.enter_async_context(app.lifespan())
            stack.push_async_callback(life.aclose)
            return Yard(app, jobs, tokens, life.aclose)

        yield start


@pytest.fixture
async def yard(start_yard: StartYard) -> Yard:
    return await start_yard()
