"""Ours, as the product wires it, at its defaults."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import cycle

import asyncpg
import msgspec
from uuid_utils.compat import uuid7

from benchmarks.adapters.adapter import Handle, chunks
from benchmarks.adapters.task import Payload
from jobyard.domain.job import NewJob
from jobyard.domain.limits import Limits
from jobyard.handlers.registry import JobContext, Registry
from jobyard.observability import configure_logging
from jobyard.postgres.connections import ENGINE_SETTINGS, READER_SETTINGS, Pool
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.listener import PostgresNudges
from jobyard.postgres.migrations import upgrade

KIND = "bench.noop"
USERS = 100
API_CONNECTIONS = 8
"""As many as the API has of either sort (wiring.py, which a process that only submits need not load: 3 s)."""


class NoOp(msgspec.Struct, forbid_unknown_fields=True):
    """The payload, as a handler declares it."""

    i: int
    t: float
    to: str
    template: str
    subject: str
    lang: str
    n: int


EXAMPLE = {"i": 1, "t": 0.5, "to": "a@example.com", "template": "x", "subject": "x", "lang": "en", "n": 1}


class Peer:
    """Submits as the API does; works as `jobyard worker` does. Each call's jobs belong to one of 100 users."""

    @staticmethod
    def handler(handle: Handle) -> Callable[[NoOp, JobContext], Awaitable[None]]:
        """What runs each job."""

        async def noop(payload: NoOp, _context: JobContext) -> None:
            handle(payload.i, payload.t)

        return noop

    def __init__(self, url: str, concurrency: int) -> None:
        del concurrency  # nobody has to tune it
        self._url = url
        self._running = AsyncExitStack()
        self._stop = asyncio.Event()

    async def install(self) -> None:
        await asyncio.to_thread(upgrade, self._url)  # Alembic starts an event loop
        connection = await asyncpg.connect(self._url)
        await connection.execute(
            "INSERT INTO users (id, email, email_folded, name, password_hash)"
            " SELECT uuidv7(), e, e, '', 'none' FROM (SELECT g || '@example.org' FROM generate_series(1, $1) g) u (e)",
            USERS,
        )
        await connection.close()

    async def open(self) -> None:
        engine, readers = (
            Pool(self._url, ENGINE_SETTINGS, API_CONNECTIONS),
            Pool(self._url, READER_SETTINGS, API_CONNECTIONS),
        )
        await self._running.enter_async_context(engine)
        await self._running.enter_async_context(readers)
        nudges = PostgresNudges(self._url, engine)
        await self._running.enter_async_context(nudges.running())
        self._store = PostgresJobStore(engine, readers, nudges)
        async with readers.acquire() as connection:
            self._owners = cycle([row["key"] for row in await connection.fetch("SELECT key FROM users ORDER BY key")])

    async def submit(self, payload: Payload) -> None:
        await self._store.submit([NewJob(uuid7(), next(self._owners), KIND, payload)])

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        for part in chunks(payloads, Limits().batch_jobs):
            owner = next(self._owners)
            await self._store.submit([NewJob(uuid7(), owner, KIND, payload) for payload in part])

    async def start(self, handle: Handle) -> None:
        from jobyard.collector import settle  # noqa: PLC0415
        from jobyard.settings import Settings  # noqa: PLC0415
        from jobyard.wiring import (  # noqa: PLC0415
            WORKER_ENGINE_CONNECTIONS,
            Core,
            build_worker,
            end_process_if_failed,
        )

        registry = Registry()
        registry.kind(KIND, NoOp, description="Does nothing", example=EXAMPLE)(self.handler(handle))
        configure_logging(json=True)
        settings = Settings(
            production=True, database_url=self._url, secret="", public_url="http://localhost", worker_name="bench"
        )
        core = replace(Core.build(settings, WORKER_ENGINE_CONNECTIONS), registry=registry)
        await self._running.enter_async_context(core.opened())
        await core.nudges.listening()
        settle()
        self._worker = asyncio.create_task(build_worker(core, settings).run(self._stop))
        self._worker.add_done_callback(end_process_if_failed)

    async def stop(self) -> None:
        self._stop.set()
        await self._worker

    async def close(self) -> None:
        """Close connections, where the process goes on (a test's)."""
        await self._running.aclose()
