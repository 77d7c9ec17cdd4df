"""Callers of a server that cost little themselves: HTTP/1.1 with one request at a time on each connection.

A client library would take more of the two processors than the server that is measured.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

ANSWER_SECONDS = 30.0
_LENGTH = b"\r\ncontent-length: "


class CallError(Exception):
    """An answer is not what was asked for."""


def request(method: str, path: str, token: str, body: Any = None) -> bytes:
    """A request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    sent = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    return "\r\n".join([*lines, "", ""]).encode() + sent


class Caller(asyncio.Protocol):
    """A connection. It sends again as soon as it is answered, until it is told to stop."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.wrong: bytes | None = None
        self.last = b""
        self._transport: Any = None
        self._request = b""
        self._sent_at = 0.0
        self._goes_on: Callable[[], bool] = lambda: False
        self._done: asyncio.Future[None] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed it: whatever waits has failed."""
        if self._done is not None and not self._done.done():
            self._done.set_exception(CallError(f"the server closed the connection: {exc}"))

    async def call(self, text: bytes, goes_on: Callable[[], bool]) -> None:
        """Send a request, again and again. Raises CallError for an answer that is no 2xx."""
        self._request, self._goes_on = text, goes_on
        self._done = asyncio.get_running_loop().create_future()
        self._send()
        await self._done

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.lower().find(_LENGTH, 0, head)
        length = int(self._buffer[at + len(_LENGTH) : self._buffer.find(b"\r\n", at + 2)]) if at > 0 else 0
        if len(self._buffer) < head + 4 + length or self._done is None:
            return
        self.seconds.append(time.perf_counter() - self._sent_at)
        answer, self._buffer = self._buffer, b""
        if answer[9:10] != b"2":
            self._done.set_exception(CallError(answer[:500].decode(errors="replace")))
        elif self._goes_on():
            self._send()
        else:
            self.last = answer[head + 4 :]
            self._done.set_result(None)

    def close(self) -> None:
        """Hang up."""
        self._done = None
        self._transport.close()


async def callers(stack: AsyncExitStack, port: int, number: int) -> list[Caller]:
    """So many connections, closed at the end of the stack."""
    loop = asyncio.get_running_loop()
    found: list[Caller] = []
    for _ in range(number):
        _, caller = await loop.create_connection(Caller, "127.0.0.1", port)
        stack.callback(caller.close)
        found.append(caller)
    return found


async def for_a_while(connections: Sequence[Caller], text: bytes, seconds: float) -> tuple[float, list[float]]:
    """All of them send the same request for a while. Returns answers a second, and how long each took."""
    for one in connections:
        one.seconds.clear()
    began = time.perf_counter()
    until = began + seconds
    async with asyncio.timeout(seconds + ANSWER_SECONDS), asyncio.TaskGroup() as group:
        for one in connections:
            group.create_task(one.call(text, lambda: time.perf_counter() < until))
    took = time.perf_counter() - began
    times = [value for one in connections for value in one.seconds]
    return len(times) / took, times


async def times(connection: Caller, text: bytes, number: int) -> list[float]:
    """One request after the other. Returns how long each took."""
    connection.seconds.clear()
    async with asyncio.timeout(ANSWER_SECONDS + number):
        await connection.call(text, lambda: len(connection.seconds) < number)
    return list(connection.seconds)
