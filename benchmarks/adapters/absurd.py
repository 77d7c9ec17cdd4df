"""Absurd on psycopg. It is not in our own environment: hence the import by name."""

from collections.abc import Sequence
from importlib import import_module
from itertools import cycle
from typing import Any

from benchmarks.adapters.adapter import Background, Handle, one_by_one
from benchmarks.adapters.task import Payload

CONNECTIONS = 10


class Peer:
    """`concurrency` is its own and its batch_size. A client is one connection: ten submit by turns."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._concurrency = concurrency
        self._worker: Any = None

    async def install(self) -> None:
        psycopg = import_module("psycopg")
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            await connection.execute(import_module("absurdctl").BUNDLED_SCHEMA_SQL)
        await self._client().create_queue("default")

    async def open(self) -> None:
        clients = [self._client() for _ in range(CONNECTIONS)]
        for client in clients:
            client.register_task(name="noop")(_nothing)
        self._clients = cycle(clients)

    async def submit(self, payload: Payload) -> None:
        await next(self._clients).spawn("noop", payload)

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        await one_by_one(payloads, self.submit)

    async def start(self, handle: Handle) -> None:
        self._worker = self._client()

        async def noop(payload: Payload, _context: object) -> None:
            handle(payload["i"], payload["t"])

        self._worker.register_task(name="noop")(noop)
        self._work = Background(self._worker.start_worker(concurrency=self._concurrency, batch_size=self._concurrency))

    async def stop(self) -> None:
        self._worker.stop_worker()
        await self._work.end(patience=5)

    def _client(self) -> Any:
        return import_module("absurd_sdk").AsyncAbsurd(self._url)


async def _nothing(_payload: object, _context: object) -> None: ...
