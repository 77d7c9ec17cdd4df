"""A client that sends a call again, with the same Idempotency-Key, until it is answered: each call is done once.

However often the API dies by kill -9 around it: before it has stored anything, after, and while it answers.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobyard.postgres.embedded import free_port
from tests.faults.yard import FaultYard, fault_yard

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CLIENTS = 16
FEWEST_KILLS = 3
WHO = {"email": "ana@example.org", "password": "a long pass-phrase"}
JOB = {"kind": "demo.echo", "payload": {"value": 1}}


@pytest.fixture
async def yard(tmp_path: Path) -> AsyncIterator[FaultYard]:
    async with fault_yard(tmp_path) as made:
        yield made


@dataclass
class Calls:
    """Clients that go on submitting until they are told to stop; each waits for its answer as long as it takes."""

    url: str
    token: str
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    answered: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Which jobs each key was answered with."""
    replayed: int = 0
    sent: int = 0

    async def client(self, name: int) -> None:
        """One call after another: a job, a batch, and so on."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            number = 0
            while not self.stop.is_set():
                number += 1
                key = f"{name}-{number}"
                path, body = ("/jobs", JOB) if number % 2 else ("/jobs/batch", {"jobs": [JOB] * 3, "on_complete": JOB})
                self.answered[key] = await self._until_answered(client, path, body, key)

    async def _until_answered(self, client: httpx.AsyncClient, path: str, body: Any, key: str) -> tuple[str, ...]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        while True:
            self.sent += 1
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(0.02)  # it is dead, or not up yet
                continue
            if answer.status_code in (200, 201):
                self.replayed += answer.headers.get("Idempotent-Replayed") == "true"
                told = answer.json()
                return tuple(told["ids"]) if "ids" in told else (told["id"],)
            # 409: the transaction of the call before is still open. 503: the API comes up.
            assert answer.status_code in (409, 503), answer.text
            await asyncio.sleep(0.02)


async def start_api(yard: FaultYard, port: int) -> None:
    yard.start("api", "serve", JOBYARD_API_PORT=str(port), JOBYARD_EMBEDDED_WORKER="false")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client, asyncio.timeout(120):
        while not await is_ready(client):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def kill_api(yard: FaultYard, port: int) -> None:
    """With kill -9: the process that serves, and the one that would start another."""
    parent = yard.workers["api"].pid
    for pid in (*children(parent), parent):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await yard.wait("api")
    async with asyncio.timeout(60):
        while await is_served(port):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


def children(pid: int) -> list[int]:
    """The processes that it has started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text(encoding="ascii").split()]


async def is_served(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_call_that_is_sent_until_it_is_answered_is_done_once(yard: FaultYard) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    await start_api(yard, port)
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        token = (await client.post("/signup", json=WHO)).json()["access_token"]
    calls = Calls(url, token)
    async with asyncio.TaskGroup() as group:
        for name in range(CLIENTS):
            group.create_task(calls.client(name))
        kills = 0
        while kills < FEWEST_KILLS or not calls.replayed:  # until one was stored and not answered
            before = await yard.value("SELECT count(*) FROM live_jobs")
            await yard.until("SELECT count(*) > $1 FROM live_jobs", before + CLIENTS)
            await kill_api(yard, port)
            kills += 1
            await start_api(yard, port)
        calls.stop.set()
    told = [job for jobs in calls.answered.values() for job in jobs]
    assert len(told) == len(set(told)), "two calls were answered with one job"
    assert calls.sent > len(calls.answered)
    stored = await yard.value("SELECT array_agg(id::text) FROM live_jobs")
    assert sorted(stored) == sorted(told), "a call was done twice, or not at all"
    batches = sum(len(jobs) > 1 for jobs in calls.answered.values())
    assert await yard.value("SELECT count(*) FROM batches") == batches
    assert await yard.value("SELECT count(*) FROM idempotency_keys") == len(calls.answered)
