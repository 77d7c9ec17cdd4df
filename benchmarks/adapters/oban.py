"""Oban for Python (3.12 or newer) on psycopg. It is not in our own environment: hence the import by name."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from benchmarks.adapters.adapter import Handle, chunks
from benchmarks.adapters.task import Payload

JOBS_A_CALL = 1_000


class Peer:
    """`concurrency` is that of its queue."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._concurrency = concurrency
        self._handle: Handle | None = None
        self._oban: Any = None
        self._worker: Any = None

    async def install(self) -> None:
        await import_module("oban.schema").install(await self._pool())

    async def open(self) -> None:
        await self._open({})

    async def submit(self, payload: Payload) -> None:
        await self._oban.enqueue(self._worker.new(payload))

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        for part in chunks(payloads, JOBS_A_CALL):
            await self._oban.enqueue_many([self._worker.new(payload) for payload in part])

    async def start(self, handle: Handle) -> None:
        self._handle = handle
        await self._open({"default": self._concurrency})
        await self._oban.start()

    async def stop(self) -> None:
        await self._oban.stop()

    async def _open(self, queues: dict[str, int]) -> None:
        module = import_module("oban")
        self._oban = module.Oban(pool=await self._pool(), queues=queues)
        peer = self

        class NoOp:
            async def process(self, job: Any) -> None:
                if peer._handle is not None:
                    peer._handle(job.args["i"], job.args["t"])

        self._worker = module.worker(queue="default")(NoOp)

    async def _pool(self) -> Any:
        pool = import_module("psycopg_pool").AsyncConnectionPool(self._url, min_size=4, max_size=20, open=False)
        await pool.open()
        return pool
