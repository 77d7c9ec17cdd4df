"""The bench's own clients: a wrong count or a frame that is missed would be a wrong figure."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from benchmarks.callers import CallError, callers, for_a_while, request, times
from benchmarks.served import Person
from benchmarks.sockets import Heard, Listener


@asynccontextmanager
async def server(status: str, body: bytes) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """Answers every request alike, in two pieces; keeps what it was asked."""
    asked: list[bytes] = []
    ends: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(end := asyncio.get_running_loop().create_future())
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                writer.close()
                await writer.wait_closed()
                end.set_result(None)
                return
            length = next((int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
            asked.append(await reader.readexactly(length))
            writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode())
            await writer.drain()
            writer.write(body)

    one = await asyncio.start_server(serve, "127.0.0.1")
    async with one:
        yield one.sockets[0].getsockname()[1], asked
        async with asyncio.timeout(60):
            await asyncio.gather(*ends)


async def test_every_answer_is_counted_once() -> None:
    async with server("201 Created", b'{"a":1}') as (port, asked), AsyncExitStack() as stack:
        connections = await callers(stack, port, 3)
        text = request("POST", "/jobs", "token", {"value": "é"})
        _, took = await for_a_while(connections, text, 0.1)
        assert len(took) == len(asked) > 3
        assert {json.loads(body)["value"] for body in asked} == {"é"}
        assert len(await times(connections[0], request("GET", "/jobs", "token"), 5)) == 5
        assert connections[0].last == b'{"a":1}'


async def test_an_answer_that_is_no_success_is_no_figure() -> None:
    async with server("429 Too Many Requests", b"") as (port, _), AsyncExitStack() as stack:
        (caller,) = await callers(stack, port, 1)
        with pytest.raises(CallError, match="429"):
            await times(caller, request("GET", "/jobs", "token"), 1)


class Wire:
    """What a listener writes to."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data


async def test_outcomes_are_found_in_frames_of_every_size_however_they_arrive() -> None:
    def frame(text: str) -> bytes:
        size = len(text)
        if size < 126:
            return bytes((0x81, size)) + text.encode()
        return bytes((0x81, 126)) + size.to_bytes(2, "big") + text.encode()

    def event(name: str, job_id: str) -> str:
        cursor = "c" * 54
        return f'{{"type":"job","event":"{name}","id":"{job_id}-1","cursor":"{cursor}","job":{{"id":"{job_id}"}}}}'

    heard, wire, ids = Heard(), Wire(), [f"{number:036d}" for number in range(2)]
    listener = Listener(Person(1, "token"), heard)
    connected: Any = listener
    connected.connection_made(wire)
    sent = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b"".join(
        frame(text)
        for text in (
            '{"type":"ready","cursor":"c"}',
            event("started", ids[0]),
            '{"type":"ping","cursor":"c"}',
            event("completed", ids[0]),
            event("completed", ids[1]),
        )
    )
    for begin in range(0, len(sent), 7):
        listener.data_received(sent[begin : begin + 7])
    await listener.ready
    assert list(heard.at) == ids
    assert wire.written.endswith(b'{"type":"pong"}')
