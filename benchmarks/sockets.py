"""Live sockets: what idle ones take, and how long an outcome is on its way when many are open."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from benchmarks.adapters.jobyard import EXAMPLE, KIND
from benchmarks.figures import percentile
from benchmarks.install import Installed
from benchmarks.measures import Bench, MeasureError
from benchmarks.process import Values
from benchmarks.served import Person, Server, make_people, served
from jobyard.domain.job import NewJob
from jobyard.ports import Completed
from jobyard.postgres.connections import ENGINE_SETTINGS, Pool
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.listener import PostgresNudges
from jobyard.postgres.work_queue import PostgresWorkQueue

OPENED_AT_ONCE = 50
OPEN_SECONDS = 120.0
SETTLE_SECONDS = 3.0
EVERY_SECONDS = 0.02
LATE_SECONDS = 10.0
COMPLETED = b'"event":"completed"'


@dataclass
class Heard:
    """When each outcome reached its socket."""

    at: dict[str, float] = field(default_factory=dict[str, float])
    closed: int = 0


class Listener(asyncio.Protocol):
    """A client's end: it opens the socket, and finds outcomes in what it is sent, without decoding anything else."""

    def __init__(self, person: Person, heard: Heard) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._person = person
        self._heard = heard
        self._transport: Any = None
        self._buffer = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the socket."""
        self._transport = transport
        key = b64encode(uuid7().bytes).decode()
        lines = ["GET /ws/jobs HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        lines += [f"Authorization: Bearer {self._person.token}", "", ""]
        self._transport.write("\r\n".join(lines).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """It should not be."""
        self._heard.closed += 1
        if not self.ready.done():
            self.ready.set_exception(MeasureError(f"a socket was closed: {exc} {self._buffer[:200]!r}"))

    def data_received(self, data: bytes) -> None:
        """Frames, or a part of one."""
        self._buffer += data
        if not self._upgraded:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            self._upgraded, self._buffer = True, self._buffer[head + 4 :]
        while (frame := self._frame()) is not None:
            if frame.startswith(b'{"type":"ready"'):
                self.ready.set_result(None)
            elif frame.startswith(b'{"type":"ping"'):
                pong = b'{"type":"pong"}'
                self._transport.write(bytes((0x81, 0x80 | len(pong), 0, 0, 0, 0)) + pong)  # masked with zeros
            elif COMPLETED in frame[:40]:
                at = frame.index(b'"job":{"id":"') + 13
                self._heard.at.setdefault(frame[at : at + 36].decode(), time.time())

    def _frame(self) -> bytes | None:
        """The next message: a server's are not masked, and ours are in one frame."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, begin = buffer[1], 2
        if size == 126:
            size, begin = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, begin = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < begin + size:
            return None
        self._buffer = buffer[begin + size :]
        return buffer[begin : begin + size]

    def close(self) -> None:
        """Go."""
        self._transport.abort()


async def sockets(bench: Bench, ours: Installed) -> Values:
    """Many users with a socket each; then so many of their jobs end a second."""
    sizes = bench.options.sizes
    async with bench.fresh(ours) as name, AsyncExitStack() as stack:
        url = bench.database.url(name)
        async with bench.database.connected(name) as connection:
            people = await make_people(connection, sizes.sockets, sizes.sockets)
        server = await stack.enter_async_context(served(url))
        alone = server.resident_bytes()
        heard = Heard()
        await _open(stack, server, people, heard)
        await asyncio.sleep(SETTLE_SECONDS)
        idle = server.resident_bytes()
        ended = await _work(url, people, sizes.socket_events_s, sizes.socket_seconds)
        await _until_all_heard(heard, ended)
        busy = server.resident_bytes()
        if heard.closed:
            raise MeasureError(f"{heard.closed} sockets were closed")
    waits = [heard.at[job_id] - at for job_id, at in ended.items()]
    return {
        "alone_mib": alone / 2**20,
        "idle_mib": idle / 2**20,
        "busy_mib": busy / 2**20,
        "socket_kib": (idle - alone) / 2**10 / len(people),
        "p50": percentile(waits, 50) * 1000,
        "p99": percentile(waits, 99) * 1000,
        "events_s": len(ended) / sizes.socket_seconds,
    }


async def _open(stack: AsyncExitStack, server: Server, people: Sequence[Person], heard: Heard) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(OPEN_SECONDS):
        for first in range(0, len(people), OPENED_AT_ONCE):
            opened = await asyncio.gather(*[
                loop.create_connection(lambda person=person: Listener(person, heard), "127.0.0.1", server.port)
                for person in people[first : first + OPENED_AT_ONCE]
            ])  # fmt: skip
            for _, listener in opened:
                stack.callback(listener.close)
            await asyncio.gather(*[listener.ready for _, listener in opened])


async def _work(url: str, people: Sequence[Person], events_s: float, seconds: float) -> dict[str, float]:
    """Submit, claim and complete jobs by the engine's verbs, so many a second. When each had ended, by id."""
    ended: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(url, ENGINE_SETTINGS, 3))
        nudges = PostgresNudges(url, pool)
        await stack.enter_async_context(nudges.running())
        queue, store = PostgresWorkQueue(pool, nudges), PostgresJobStore(pool, pool, nudges)
        await nudges.looked()
        worker, lanes = await queue.register("bench", [KIND], 100), await queue.lanes()
        size, number = max(1, round(events_s * EVERY_SECONDS)), 0
        began = time.time()
        while (due := began + number / events_s) < began + seconds:
            await asyncio.sleep(due - time.time())
            owners = [people[(number + one) % len(people)].key for one in range(size)]
            number += size
            await store.submit([NewJob(UUID(int=uuid7().int), owner, KIND, EXAMPLE) for owner in owners])
            jobs = [job for lane in lanes for job in await queue.claim(worker, lane, [KIND], size)]
            done = await queue.complete(worker, [Completed(job, None) for job in jobs])
            at = time.time()
            ended |= {str(job_id): at for job_id in done}
            nudges.finished(owners)
    return ended


async def _until_all_heard(heard: Heard, ended: dict[str, float]) -> None:
    deadline = time.time() + LATE_SECONDS
    while missing := len(ended.keys() - heard.at.keys()):
        if time.time() > deadline:
            raise MeasureError(f"{missing} of {len(ended)} outcomes did not reach their socket")
        await asyncio.sleep(EVERY_SECONDS)
