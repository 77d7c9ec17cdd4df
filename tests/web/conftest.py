"""The application over a database of the test's own, called in the test's own event loop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, cast

import asyncpg
import httpx
import pytest

from jobyard.account_wiring import AccountParts, account_rules, build_accounts
from jobyard.services.account_rules import AccountRules
from jobyard.settings import Settings
from jobyard.web.app import create_app
from jobyard.web.live_connection import LiveTimes
from jobyard.wiring import build_ports

SECRET = "4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ"
ORIGIN = "http://localhost:8080"

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def make_client(database_url: str) -> AsyncIterator[MakeClient]:
    """Builds applications: settings by name, `rules` for accounts, `address` of the caller, `times` of live sockets."""
    async with AsyncExitStack() as stack:

        async def make(
            *,
            rules: AccountRules | None = None,
            address: str = "192.0.2.1",
            keep: list[AccountParts] | None = None,
            times: LiveTimes | None = None,
            **changes: Any,
        ) -> httpx.AsyncClient:
            given: dict[str, Any] = {
                "production": False,
                "database_url": database_url,
                "secret": SECRET,
                "public_url": ORIGIN,
                "signup": "open",
                "embedded_worker": False,
            }
            settings = Settings(**(given | changes))
            built = build_ports(settings)
            parts = build_accounts(
                settings,
                built.accounts.leaving.departures,
                rules=rules or account_rules(settings),
                bcrypt_cost=4,
            )
            stack.push_async_callback(parts.engine.dispose)
            await stack.enter_async_context(parts.accounts.background.running())
            if keep is not None:
                keep.append(parts)
            ports = replace(
                built,
                options=replace(built.options, live_times=times or built.options.live_times),
                accounts=parts.accounts,
                authenticator=parts.authenticator,
                account_unit=parts.unit,
                audit=parts.audit,
                api_keys=parts.api_keys,
                users=replace(built.users, unit=parts.unit, forget_user=parts.authenticator.forget_user),
                readiness=parts.readiness,
            )
            app = create_app(ports)
            await stack.enter_async_context(app.lifespan())
            transport = httpx.ASGITransport(cast("Any", app), client=(address, 1234))
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN))

        yield make


@pytest.fixture
async def client(make_client: MakeClient) -> httpx.AsyncClient:
    return await make_client()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """A connection to look at what is stored, and to age it: the database's clock is the clock."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
