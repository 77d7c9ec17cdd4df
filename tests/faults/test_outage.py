"""PostgreSQL is away for half a minute: what callers are told, what it costs our processes, and what comes after."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.faults.api import api
from tests.faults.yard import DEADLINE_SECONDS, FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

AWAY_SECONDS = 30
PAUSE_SECONDS = 1.0
"""Of each caller after an answer: so few requests that what they cost can't be taken for a hot loop."""

CALLS: list[tuple[str, str, Any]] = [
    ("POST", "/jobs", {"kind": "demo.echo", "payload": {"value": 1}}),
    ("GET", "/jobs", None),
    ("GET", "/me", None),
    ("POST", "/login", {"email": "ana@example.org", "password": "a long pass-phrase"}),
]

BUSY = 0.2
"""Of one processor; a hot loop takes all that it is given. Seen: 0.05 of the API, 0.02 of a worker."""

GROWTH_KIB = 32 * 1024
"""Seen: 5 MiB."""

TRIES = 400
"""Each loop that did not reach the database says so, and waits longer each time. Seen: 113; without pauses 4,511."""


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a call that was sent while `during` was what happened."""

    during: str
    path: str
    response: httpx.Response


@dataclass
class Callers:
    """One caller for each of CALLS, which goes on until `stop`."""

    client: httpx.AsyncClient
    now: str = "before"
    answers: list[Answer] = field(default_factory=list[Answer])
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, method: str, path: str, body: Any) -> None:
        """Again and again."""
        while not self.stop.is_set():
            during = self.now
            response = await self.client.request(method, path, json=body)
            self.answers.append(Answer(during if during == self.now else "amid", path, response))
            await asyncio.sleep(PAUSE_SECONDS)

    def told(self, during: str, path: str | None = None) -> list[httpx.Response]:
        """The answers to what was sent and answered then."""
        return [one.response for one in self.answers if one.during == during and path in (None, one.path)]

    def submitted(self) -> set[str]:
        """The jobs that were answered."""
        return {one.response.json()["id"] for one in self.answers if one.response.status_code == 201}


@dataclass
class Listener:
    """A live socket that answers pings, keeps its cursor and writes outcomes down."""

    socket: ClientConnection
    cursor: str = ""
    subscribed: bool = False
    outcomes: set[str] = field(default_factory=set[str])

    async def listen(self) -> None:
        """Until it is closed."""
        async for text in self.socket:
            message = msgspec.json.decode(text)
            self.cursor = message.get("cursor", self.cursor)
            self.subscribed = self.subscribed or message["type"] == "subscribed"
            if message["type"] == "ping":
                await self.socket.send('{"type": "pong"}')
            elif message["type"] == "job" and message["event"] in {"completed", "failed"}:
                self.outcomes.add(message["job"]["id"])


@asynccontextmanager
async def listening(client: httpx.AsyncClient, after: str = "") -> AsyncGenerator[Listener]:
    """A live socket for the block."""
    async with connect(url_of(client), additional_headers=authorization(client)) as socket:
        listener = Listener(socket)
        task = asyncio.create_task(listener.listen())
        try:
            await until(lambda: bool(listener.cursor))
            if after:
                await socket.send(msgspec.json.encode({"type": "subscribe", "after": after}).decode())
            yield listener
        finally:
            task.cancel()


def url_of(client: httpx.AsyncClient) -> str:
    return f"ws://{client.base_url.host}:{client.base_url.port}/ws/jobs"


def authorization(client: httpx.AsyncClient) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"]}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a process and those that it has started: seconds of processors, KiB of memory, tries to reach the database."""

    seconds: float
    kib: int
    tries: int


def cost_of(yard: FaultYard, name: str) -> Cost:
    seconds, kib = 0.0, 0
    for pid in tree(yard.workers[name].pid):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        seconds += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
        kib += int(status["VmRSS"].split()[0])
    return Cost(seconds, kib, yard.log_of(name).count("again_in_seconds"))


def tree(pid: int) -> list[int]:
    """A process and all that it has started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for thread in threads for child in thread.read_text(encoding="ascii").split()]
    return [pid, *(one for child in children for one in tree(child))]


async def watch_costs(yard: FaultYard, names: list[str]) -> dict[str, Cost]:
    """What the outage costs each, from now on until its end; of memory the most that it grew."""
    before = {name: cost_of(yard, name) for name in names}
    most = dict.fromkeys(names, 0)
    for _ in range(AWAY_SECONDS):
        await asyncio.sleep(1)
        for name in names:
            most[name] = max(most[name], cost_of(yard, name).kib - before[name].kib)
    after = {name: cost_of(yard, name) for name in names}
    return {
        name: Cost(after[name].seconds - before[name].seconds, most[name], after[name].tries - before[name].tries)
        for name in names
    }


async def test_an_outage_is_told_costs_little_and_is_followed_by_all_that_was_answered(yard: FaultYard) -> None:
    """R6, with a worker in the API's process and one beside it, amid requests and jobs that run."""
    yard.start("worker")
    async with api(yard, JOBYARD_EMBEDDED_WORKER="true") as client, asyncio.TaskGroup() as group:
        await yard.until("SELECT count(*) = 2 FROM workers")
        callers = Callers(client)
        async with listening(client) as listener:
            since = listener.cursor
            for call in CALLS:
                group.create_task(callers.call(*call))
            await yard.submit(40, seconds=2)
            await yard.until("SELECT count(DISTINCT worker_id) = 2 FROM live_jobs WHERE worker_id IS NOT NULL")
            await until(lambda: all(callers.told("before", path) for _, path, _ in CALLS))

            callers.now = "amid"
            await asyncio.to_thread(yard.server.stop)
            callers.now = "away"
            newcomer = group.create_task(close_code_of_one_more(client))
            costs = await watch_costs(yard, ["api", "worker"])
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).status_code == 503
            callers.now = "amid"
            await asyncio.to_thread(yard.server.start)
            callers.now = "back"

            await until(lambda: any(answer.status_code == 201 for answer in callers.told("back", "/jobs")))
            callers.stop.set()
            await until(lambda: callers.submitted() <= listener.outcomes)
        await check_that_all_is_replayed(client, since, callers.submitted())
    await yard.until("SELECT count(*) = 0 FROM live_jobs")

    for path in {path for _, path, _ in CALLS}:
        told = callers.told("away", path)
        assert told
        assert {answer.status_code for answer in told} == {503}
        assert all(int(answer.headers["Retry-After"]) >= 1 for answer in told)
    assert newcomer.result() == 1013
    for name, cost in costs.items():
        assert cost.seconds < BUSY * AWAY_SECONDS, f"{name} was busy for {cost.seconds:.1f} s"
        assert cost.kib < GROWTH_KIB, f"{name} grew by {cost.kib} KiB"
        assert cost.tries < TRIES, name
    stored = set(await yard.value("SELECT array_agg(id) FROM finished_jobs"))
    assert stored >= {UUID(job_id) for job_id in callers.submitted()} | set(yard.submitted)
    yard.submitted = [*stored]  # one that was sent as PostgreSQL stopped may be stored and not answered
    await yard.check_records()


async def close_code_of_one_more(client: httpx.AsyncClient) -> int | None:
    """Of a socket that is opened while the database is away."""
    async with connect(url_of(client), additional_headers=authorization(client)) as socket, asyncio.timeout(120):
        try:
            await socket.recv()
        except ConnectionClosed:
            return socket.close_code
    return None


async def check_that_all_is_replayed(client: httpx.AsyncClient, since: str, job_ids: set[str]) -> None:
    """To whoever comes back with a cursor of before."""
    async with listening(client, since) as again:
        await until(lambda: again.subscribed)
        assert job_ids <= again.outcomes
