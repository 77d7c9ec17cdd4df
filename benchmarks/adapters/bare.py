"""No job queue: the least that a pick-up in PostgreSQL can cost, with nothing around it.

One commit that stores a row and tells of it, one that takes it. What any of the systems adds to this is its own.
"""

import asyncio
from typing import Any

import asyncpg
import msgspec

from benchmarks.adapters.adapter import Handle
from benchmarks.adapters.task import Payload
from jobyard.postgres.connections import Connection

CHANNEL = "bare"
TABLE = "CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL, taken boolean)"
SUBMIT = "WITH new AS (INSERT INTO bare (payload) VALUES ($1) RETURNING id) SELECT pg_notify($2, id::text) FROM new"
CLAIM = "UPDATE bare SET taken = true WHERE id = $1 AND taken IS NULL RETURNING payload"


class Peer:
    """Two connections of the worker, one of who submits. Its table is made by the worker, which is there first."""

    def __init__(self, url: str, concurrency: int) -> None:
        del concurrency  # one by one
        self._url = url
        self._connections: list[Connection] = []
        self._claims = set[asyncio.Task[None]]()
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        self._connection = await self._connect()

    async def submit(self, payload: Payload) -> None:
        await self._connection.execute(SUBMIT, msgspec.json.encode(payload).decode(), CHANNEL)

    async def start(self, handle: Handle) -> None:
        await self.open()
        await self._connection.execute(TABLE)
        listener = await self._connect()

        async def claim(number: int) -> None:
            async with self._lock:
                text = await self._connection.fetchval(CLAIM, number)
            taken = msgspec.json.decode(text, type=Payload)
            handle(taken["i"], taken["t"])

        def heard(_connection: Any, _pid: int, _channel: str, number: str) -> None:
            task = asyncio.create_task(claim(int(number)))
            self._claims.add(task)
            task.add_done_callback(self._claims.discard)

        await listener.add_listener(CHANNEL, heard)

    async def stop(self) -> None:
        for connection in self._connections:
            connection.terminate()

    async def _connect(self) -> Connection:
        connection: Connection = await asyncpg.connect(self._url)
        self._connections.append(connection)
        return connection
