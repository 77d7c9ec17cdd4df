"""Awa, whose engine is written in Rust. It is not in our own environment: hence the import by name."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmarks.adapters.adapter import Handle, chunks
from benchmarks.adapters.task import Payload

JOBS_A_CALL = 5_000
ENGINE_SWITCH_SECONDS = 2.0


@dataclass
class NoOp:
    """A job's kind and arguments in one."""

    i: int
    t: float
    to: str
    template: str
    subject: str
    lang: str
    n: int


class Peer:
    """`concurrency` is that of its queue."""

    def __init__(self, url: str, concurrency: int) -> None:
        self._url = url
        self._concurrency = concurrency
        self._client: Any = None

    async def install(self) -> None:
        await self.open()
        await self._client.migrate()
        # The first worker of a fresh database switches it to the newest storage engine, which then is the default.
        await self._work(lambda _number, _submitted: None)
        await asyncio.sleep(ENGINE_SWITCH_SECONDS)
        await self.stop()

    async def open(self) -> None:
        self._client = import_module("awa").AsyncClient(self._url, max_connections=20)

    async def submit(self, payload: Payload) -> None:
        await self._client.insert(NoOp(**payload), queue="default")

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        for part in chunks(payloads, JOBS_A_CALL):
            await self._client.enqueue_many_copy([NoOp(**payload) for payload in part], queue="default")

    async def start(self, handle: Handle) -> None:
        await self.open()
        await self._work(handle)

    async def _work(self, handle: Handle) -> None:
        async def noop(job: Any) -> None:
            handle(job.args.i, job.args.t)

        self._client.task(NoOp, queue="default")(noop)
        await self._client.start([("default", self._concurrency)], poll_interval_ms=200)

    async def stop(self) -> None:
        await self._client.shutdown()
        await self._client.close()
