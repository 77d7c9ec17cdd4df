"""The API behind PgBouncer, its worker on connections of its own: they meet in the database alone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from jobyard.account_wiring import migrate
from jobyard.postgres.pooler import Pooler
from jobyard.settings import Settings
from jobyard.web.app import create_app
from jobyard.wiring import WORKER_ENGINE_CONNECTIONS, Core, build_ports, embedded_worker
from tests.live.asgi_socket import AsgiSocket
from tests.live.test_with_postgres import ORIGIN, PASSWORD, Person
from tests.pooler.pgbouncer import PgBouncer

pytestmark = pytest.mark.slow


@pytest.fixture(params=[True, False], ids=["listening", "polling"])
def settings(request: pytest.FixtureRequest, database_url: str, pgbouncer: PgBouncer, mode: Pooler) -> Settings:
    """With an address for LISTEN, and without: then, in transaction mode, nobody is told of anything."""
    return Settings(
        database_url=pgbouncer.url,
        database_pooler=str(mode),
        database_direct_url=database_url if request.param else "",
        production=False,
        secret="4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ",
        public_url=ORIGIN,
        signup="open",
        demo_kinds=True,
        embedded_worker=False,
        worker_name="walt",
        shutdown_grace_seconds=0,
    )


@pytest.fixture
async def mara(settings: Settings) -> AsyncIterator[Person]:
    async with AsyncExitStack() as stack:
        core = Core.build(settings, WORKER_ENGINE_CONNECTIONS)
        await stack.enter_async_context(core.opened())
        await stack.enter_async_context(embedded_worker(core, settings))
        app = create_app(build_ports(settings, bcrypt_cost=4))
        yield await stack.enter_async_context(signed_in(app))


@asynccontextmanager
async def signed_in(app: Litestar) -> AsyncGenerator[Person]:
    transport = httpx.ASGITransport(cast("Any", app))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answer = await client.post("/signup", json={"email": "mara@example.org", "password": PASSWORD})
        token = answer.json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield Person(app, client, token)


async def heard(socket: AsgiSocket, job_id: str, event: str) -> None:
    """Wait until a job's event is told. Outcomes of earlier ones may be told again."""
    while True:
        message = (await socket.hear_until("job"))[-1]
        if (message["job"]["id"], message["event"]) == (job_id, event):
            return


async def test_jobs_are_submitted_watched_retried_and_cancelled(mara: Person) -> None:
    socket = (await mara.enter())[0]
    done = await mara.submit("demo.echo", value=1)
    await heard(socket, done, "completed")
    failed = await mara.submit("demo.fail", times=5, message="no luck", retryable=False)
    await heard(socket, failed, "failed")
    assert (await mara.client.post(f"/jobs/{failed}/retry")).is_success
    await heard(socket, failed, "failed")
    running = await mara.submit("demo.sleep", seconds=60)
    while (await mara.client.get(f"/jobs/{running}")).json()["state"] != "running":
        pass
    assert (await mara.client.post(f"/jobs/{running}/cancel")).is_success
    await heard(socket, running, "cancelled")
    states = {job["id"]: job["state"] for job in (await mara.client.get("/jobs")).json()["items"]}
    assert states == {done: "completed", failed: "failed", running: "cancelled"}


async def test_migrations_ask_for_a_session_of_their_own(settings: Settings) -> None:
    problem = await asyncio.to_thread(migrate, settings, lambda _: None)
    assert (problem is None) == bool(settings.session_url)
    assert problem is None or "JOBYARD_DATABASE_DIRECT_URL" in problem
