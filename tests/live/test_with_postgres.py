"""The live socket over the real storage and a real worker in the same process."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, cast

import asyncpg
import httpx
import pytest
from litestar import Litestar

from jobyard.postgres.queries import query
from jobyard.settings import Settings
from jobyard.web.app import create_app
from jobyard.wiring import build_ports
from tests.live.asgi_socket import AsgiSocket, open_socket

ORIGIN = "http://localhost:8080"
PASSWORD = "a long pass-phrase"


@dataclass
class Person:
    """Somebody who is signed in."""

    app: Litestar
    client: httpx.AsyncClient
    token: str

    async def enter(self) -> tuple[AsgiSocket, str]:
        socket = await open_socket(self.app, ("Authorization", f"Bearer {self.token}"))
        return socket, (await socket.hear())["cursor"]

    async def submit(self, kind: str, **payload: Any) -> str:
        answer = await self.client.post("/jobs", json={"kind": kind, "payload": payload, "max_attempts": 1})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


async def hear_until(socket: AsgiSocket, event: str, job_id: str) -> list[str]:
    """The events of a job up to this one; nothing of any other job may be heard."""
    events: list[str] = []
    while events[-1:] != [event]:
        message = (await socket.hear_until("job"))[-1]
        assert message["job"]["id"] == job_id
        events.append(message["event"])
    return events


@pytest.fixture
async def people(database_url: str) -> AsyncIterator[tuple[Person, Person]]:
    settings = Settings(
        database_url=database_url,
        production=False,
        secret="4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ",
        public_url=ORIGIN,
        signup="open",
        demo_kinds=True,
        worker_name="walt",
        shutdown_grace_seconds=0,
    )
    app = create_app(build_ports(settings, bcrypt_cost=4))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.lifespan())
        people: list[Person] = []
        for name in ("mara", "ana"):
            transport = httpx.ASGITransport(cast("Any", app))
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN))
            answer = await client.post("/signup", json={"email": f"{name}@example.org", "password": PASSWORD})
            token = answer.json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            people.append(Person(app, client, token))
        yield people[0], people[1]


async def test_a_job_is_told_from_its_submit_to_its_end_and_to_its_owner_alone(people: tuple[Person, Person]) -> None:
    mara, ana = people
    maras, anas = (await mara.enter())[0], (await ana.enter())[0]
    job_id = await mara.submit("demo.echo", value=1)
    events = await hear_until(maras, "completed", job_id)
    assert events == sorted(events, key=["created", "pending", "started", "completed"].index)
    hers = await ana.submit("demo.fail", times=5, message="no luck", retryable=False)
    assert (await hear_until(anas, "failed", hers))[-1] == "failed"


async def test_a_running_job_is_cancelled_in_view(people: tuple[Person, Person]) -> None:
    mara, _ = people
    socket, _ = await mara.enter()
    job_id = await mara.submit("demo.sleep", seconds=3600)
    await hear_until(socket, "progress", job_id)
    assert (await mara.client.post(f"/jobs/{job_id}/cancel")).json()["cancel_requested"] is True
    await hear_until(socket, "cancelled", job_id)


async def test_what_ended_while_nobody_listened_is_replayed(people: tuple[Person, Person]) -> None:
    mara, ana = people
    socket, cursor = await mara.enter()
    await socket.leave()
    job_id = await mara.submit("demo.echo", value=1)
    hers = await ana.submit("demo.echo", value=1)
    while (await mara.client.get("/jobs/counts")).json()["completed"] != 1:
        assert (await mara.client.get(f"/jobs/{hers}")).status_code == 404
    told, later = await replay(mara, cursor)
    again, _ = await replay(mara, cursor)
    assert told == again == [f"{job_id}-1-completed"]
    assert (await replay(mara, later))[0] == []


async def replay(person: Person, after: str) -> tuple[list[str], str]:
    """The ids of the events that are told again, and the cursor after them."""
    socket, _ = await person.enter()
    socket.say({"type": "subscribe", "after": after})
    *events, end = await socket.hear_until("subscribed")
    await socket.leave()
    return [event["id"] for event in events], end["cursor"]


async def test_a_transaction_that_commits_late_is_replayed(people: tuple[Person, Person], database_url: str) -> None:
    """An older transaction ends a job after a newer one's outcome was told: its number is below that of the newer."""
    mara, _ = people
    body = {"kind": "demo.echo", "payload": {"value": 1}, "delay_seconds": 3600}
    late = (await mara.client.post("/jobs", json=body)).json()["id"]
    database = await asyncpg.connect(database_url)
    transaction = database.transaction()
    await transaction.start()
    try:
        await database.execute("CREATE TEMP TABLE older AS SELECT pg_current_xact_id()")
        socket, _ = await mara.enter()
        job_id = await mara.submit("demo.echo", value=1)
        cursor = ""
        while not cursor:
            message = (await socket.hear_until("job"))[-1]
            cursor = message["cursor"] if message["event"] == "completed" else ""
        await socket.leave()
        await end_in(database, late)
        await transaction.commit()
        told, _ = await replay(mara, cursor)
        assert f"{late}-0-cancelled" in told
        assert set(told) <= {f"{late}-0-cancelled", f"{job_id}-1-completed"}
    finally:
        await database.close()


async def test_a_row_that_cannot_be_read_holds_nobody_up(people: tuple[Person, Person], database_url: str) -> None:
    """It is told to nobody; what ended beside it and after it is, also to its owner."""
    mara, ana = people
    body = {"kind": "demo.echo", "payload": {"value": 1}, "delay_seconds": 3600}
    odd = (await mara.client.post("/jobs", json=body)).json()["id"]
    (maras, _), (anas, _) = await mara.enter(), await ana.enter()
    database = await asyncpg.connect(database_url)
    try:
        async with database.transaction():
            await end_in(database, odd)
            error = [{"run": 0, "error": {"type": 404, "message": "not a text"}}]
            await database.execute("UPDATE finished_jobs SET attempts = $2 WHERE id = $1", odd, json.dumps(error))
    finally:
        await database.close()
    await hear_until(anas, "completed", await ana.submit("demo.echo", value=1))
    hers = await mara.submit("demo.echo", value=1)
    heard: list[tuple[str, str]] = []
    while heard[-1:] != [(hers, "completed")]:
        message = (await maras.hear_until("job"))[-1]
        heard.append((message["job"]["id"], message["event"]))
    assert (odd, "cancelled") not in heard


async def end_in(database: Any, job_id: str) -> None:
    """Cancel a waiting job within this connection's transaction, by the store's own statement."""
    owner = await database.fetchval("SELECT owner_id FROM live_jobs WHERE id = $1", job_id)
    assert [str(row["id"]) for row in await database.fetch(query("cancel"), [job_id], owner)] == [job_id]
