"""Procrastinate on psycopg. It is not in our own environment: hence the import by name."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from benchmarks.adapters.adapter import Background, Handle, chunks
from benchmarks.adapters.task import Payload

JOBS_A_CALL = 1_000


class Peer:
    """`concurrency` is its own; it listens, and keeps finished jobs, by default."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._concurrency = concurrency
        self._handle: Handle | None = None
        self._app: Any = None
        self._task: Any = None

    async def install(self) -> None:
        await self.open()
        await self._app.schema_manager.apply_schema_async()

    async def open(self) -> None:
        module = import_module("procrastinate")
        self._app = module.App(connector=module.PsycopgConnector(conninfo=self._url, min_size=4, max_size=20))
        await self._app.open_async()

        async def noop(job: Payload) -> None:
            if self._handle is not None:
                self._handle(job["i"], job["t"])

        self._task = self._app.task(name="noop", queue="default")(noop)

    async def submit(self, payload: Payload) -> None:
        await self._task.defer_async(job=payload)

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        for part in chunks(payloads, JOBS_A_CALL):
            await self._task.batch_defer_async(*[{"job": payload} for payload in part])

    async def start(self, handle: Handle) -> None:
        self._handle = handle
        await self.open()
        self._work = Background(
            self._app.run_worker_async(
                concurrency=self._concurrency, install_signal_handlers=False, delete_jobs="never"
            )
        )

    async def stop(self) -> None:
        await self._work.end(patience=0.1)
