"""SAQ on its PostgreSQL queue. It is not in our own environment: hence the import by name."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from benchmarks.adapters.adapter import Background, Handle, one_by_one
from benchmarks.adapters.task import Payload


class Peer:
    """`concurrency` is its worker's."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._concurrency = concurrency
        self._queue: Any = None
        self._worker: Any = None

    async def install(self) -> None:
        await self.open()

    async def open(self) -> None:
        self._queue = import_module("saq").Queue.from_url(self._url)
        await self._queue.connect()

    async def submit(self, payload: Payload) -> None:
        await self._queue.enqueue("noop", job=payload)

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        await one_by_one(payloads, self.submit)

    async def start(self, handle: Handle) -> None:
        await self.open()

        async def noop(_context: object, *, job: Payload) -> None:
            handle(job["i"], job["t"])

        self._worker = import_module("saq").Worker(self._queue, [("noop", noop)], concurrency=self._concurrency)
        self._work = Background(self._worker.start())

    async def stop(self) -> None:
        await self._worker.stop()
        await self._work.end(patience=3)
