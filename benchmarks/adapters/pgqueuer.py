"""PgQueuer on asyncpg. It is not in our own environment: hence the import by name."""

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from benchmarks.adapters.adapter import Background, Handle, chunks
from benchmarks.adapters.task import Payload

JOBS_A_CALL = 5_000


class Peer:
    """`concurrency` is its batch_size; how many run at once has no limit, which is its default."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._batch_size = concurrency
        self._queries: Any = None
        self._manager: Any = None

    async def install(self) -> None:
        await self.open()
        await self._queries.install()

    async def open(self) -> None:
        pool = await import_module("asyncpg").create_pool(self._url, min_size=10, max_size=20)
        driver = import_module("pgqueuer.db").AsyncpgPoolDriver(pool)
        self._queries = import_module("pgqueuer.queries").Queries(driver)

    async def submit(self, payload: Payload) -> None:
        await self._queries.enqueue("noop", json.dumps(payload).encode())

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        for part in chunks(payloads, JOBS_A_CALL):
            texts = [json.dumps(payload).encode() for payload in part]
            await self._queries.enqueue(["noop"] * len(texts), texts, [0] * len(texts))

    async def start(self, handle: Handle) -> None:
        await self.open()
        self._manager = import_module("pgqueuer.qm").QueueManager(self._queries)

        async def noop(job: Any) -> None:
            payload = json.loads(job.payload)
            handle(payload["i"], payload["t"])

        self._manager.entrypoint("noop")(noop)
        self._work = Background(self._manager.run(batch_size=self._batch_size, max_concurrent_tasks=None))

    async def stop(self) -> None:
        self._manager.shutdown.set()
        await self._work.end(patience=5)
