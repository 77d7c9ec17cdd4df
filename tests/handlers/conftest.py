import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import settings

from jobyard.handlers.addresses import AddressPolicy
from jobyard.handlers.outbound import Outbound
from tests.handlers.surroundings import Context, Talk, Target, start

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("handlers", deadline=None)
settings.load_profile("handlers")


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The worker runs on uvloop, whose sockets are its own: both are tried."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
async def outbound() -> Outbound:
    """With an operator's permission for the targets of these tests."""
    return Outbound(AddressPolicy([ip_network("127.0.0.0/8")]))


Serve = Callable[..., Awaitable[Target]]


@pytest.fixture
async def serve() -> AsyncGenerator[Serve]:
    """Start targets that stop with the test."""
    async with AsyncExitStack() as servers:

        async def serve(answer: bytes | Talk, tls: ssl.SSLContext | None = None) -> Target:
            target, server = await start(answer, tls)
            servers.callback(server.close)
            return target

        yield serve
