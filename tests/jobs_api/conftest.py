"""The whole application over a database of the test's own, two signed-in users, and a worker that runs when told."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, cast
from unittest.mock import Mock
from uuid import UUID

import httpx
import pytest

from jobyard.domain.job import ClaimedJob, JobError
from jobyard.ports import Completed, Failed
from jobyard.postgres.connections import ENGINE_SETTINGS, Pool
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.settings import Settings
from jobyard.web.app import create_app
from jobyard.wiring import build_ports

ORIGIN = "http://localhost:8080"
KINDS = ["demo.echo", "demo.fail", "demo.sleep"]


@dataclass
class Worker:
    """Runs jobs step by step."""

    queue: PostgresWorkQueue
    pool: Pool
    number: int | None = None
    held: dict[UUID, ClaimedJob] = field(default_factory=dict[UUID, ClaimedJob])

    async def register(self) -> int:
        if self.number is None:
            self.number = await self.queue.register("walt", KINDS, 10)
        return self.number

    async def claim(self, job_id: str) -> None:
        """Claim all that waits; this job must be among it."""
        worker = await self.register()
        lanes = await self.queue.lanes()
        for lane in lanes:
            self.held |= {job.id: job for job in await self.queue.claim(worker, lane, KINDS, 100)}
        assert UUID(job_id) in self.held

    async def complete(self, job_id: str, result: bytes | None = b"null") -> None:
        job = self.held.pop(UUID(job_id))
        assert await self.queue.complete(await self.register(), [Completed(job, result)]) == {job.id}

    async def fail(self, job_id: str, message: str = "no luck", retry_in_seconds: float | None = None) -> None:
        job = self.held.pop(UUID(job_id))
        failed = Failed(job, JobError("ValueError", message, "Traceback: …"), retry_in_seconds)
        assert await self.queue.fail(await self.register(), [failed]) == {job.id}

    async def execute(self, sql: str, *arguments: Any) -> None:
        async with self.pool.acquire() as connection:
            await connection.execute(sql, *arguments)


@dataclass
class Api:
    """Two users' clients and a worker."""

    mara: httpx.AsyncClient
    ana: httpx.AsyncClient
    worker: Worker

    async def submit(self, **body: Any) -> dict[str, Any]:
        """Mara submits a job."""
        answer = await self.mara.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}} | body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def job(self, job_id: str) -> dict[str, Any]:
        answer = await self.mara.get(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def failed(self, **body: Any) -> str:
        """A job of Mara's that failed for good."""
        job_id = (await self.submit(**body))["id"]
        await self.worker.claim(job_id)
        await self.worker.fail(job_id)
        return job_id


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    settings = Settings(
        database_url=database_url,
        production=False,
        secret="4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ",
        public_url=ORIGIN,
        signup="open",
        demo_kinds=True,
        embedded_worker=False,
    )
    app = create_app(build_ports(settings, bcrypt_cost=4))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.lifespan())
        clients: list[httpx.AsyncClient] = []
        for name in ("mara", "ana"):
            client = await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url=ORIGIN)
            )
            answer = await client.post(
                "/signup", json={"email": f"{name}@example.org", "password": "a long pass-phrase"}
            )
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            clients.append(client)
        pool = await stack.enter_async_context(Pool(database_url, ENGINE_SETTINGS, 2))
        yield Api(clients[0], clients[1], Worker(PostgresWorkQueue(pool, Mock()), pool))


def errors(answer: httpx.Response) -> dict[str, str]:
    """The wrong fields of a 422, by pointer."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["pointer"]: error["message"] for error in answer.json()["errors"]}
