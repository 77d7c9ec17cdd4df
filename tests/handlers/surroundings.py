"""What handlers need to run: a context, a resolver, a network, and targets that answer exactly what a test says."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpcore

from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.handlers import http_request
from jobyard.handlers.outbound import Outbound
from jobyard.handlers.registry import Registry

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

Talk = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
Ended = dict[str, Any] | Fail | RetryAfter | Snooze
NO_SPREAD = UUID(int=200)
"""A job whose snoozes are neither longer nor shorter than the rule says."""


@dataclass
class Context:
    """A JobContext that remembers."""

    job_id: UUID = NO_SPREAD
    owner: int = 1
    attempt: int = 1
    run: int = 1
    cancel_requested: bool = False
    reports: list[tuple[float, str | None]] = field(default_factory=list[tuple[float, str | None]])
    lines: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def progress(self, fraction: float, message: str | None = None) -> None:
        self.reports.append((fraction, message))

    def log(self, message: str, level: str = "info") -> None:
        self.lines.append((level, message))


async def run_job(outbound: Outbound, context: Context | None = None, **payload: Any) -> Ended:
    """Run an `http.request` job whose payload was checked as at submit; how it ended."""
    registry = Registry()
    http_request.register(registry, outbound)
    kind = registry.get("http.request")
    assert kind is not None
    kind.check_payload(payload)
    try:
        return await kind.handler(kind.payload_type(**payload), context or Context())
    except (Fail, RetryAfter, Snooze) as ended:
        return ended


@dataclass
class Target:
    """A server on loopback. `heard` holds every request as it came; `came` is set by the first."""

    url: str = ""
    port: int = 0
    heard: list[bytes] = field(default_factory=list[bytes])
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def listener(self, talk: Talk) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
                self.heard.append(head + body)
                self.came.set()
                await talk(head, writer)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError):
                return  # the other side went, as some tests want it to
            finally:
                writer.close()

        return listen


async def start(answer: bytes | Talk, tls: ssl.SSLContext | None = None) -> tuple[Target, asyncio.Server]:
    """A target that says `answer`, or talks as that function does."""

    async def say(head: bytes, writer: asyncio.StreamWriter) -> None:
        del head
        writer.write(answer if isinstance(answer, bytes) else b"")

    target = Target()
    server = await asyncio.start_server(
        target.listener(say if isinstance(answer, bytes) else answer), "127.0.0.1", 0, ssl=tls
    )
    target.port = server.sockets[0].getsockname()[1]
    target.url = f"{'https' if tls else 'http'}://127.0.0.1:{target.port}"
    return target, server


class Answers:
    """A resolver that gives these answers in turn, the last one for ever, and remembers what it was asked."""

    def __init__(self, *answers: Iterable[str]) -> None:
        self._answers = [list(answer) for answer in answers]
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int, /) -> list[str]:
        del port
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


class _Stream(httpcore.AsyncMockStream):
    def __init__(self, answer: bytes, peer: str, own: str) -> None:
        super().__init__([answer])
        self._ends = {"server_addr": (peer, 80), "client_addr": (own, 50_000)}

    def get_extra_info(self, info: str) -> Any:
        return self._ends.get(info)


class RecordedNetwork(httpcore.AsyncNetworkBackend):
    """A network without wires: each connection is written down, then refused or answered."""

    def __init__(self, answer: bytes = OK, *, refuse: Iterable[str] = (), own: str = "198.51.100.1") -> None:
        self.connected: list[str] = []
        self._answer = answer
        self._refuse = set(refuse)
        self._own = own

    async def connect_tcp(self, host: str, *args: object, **options: object) -> httpcore.AsyncNetworkStream:
        del args, options
        self.connected.append(host)
        if host in self._refuse:
            raise httpcore.ConnectError("refused")
        return _Stream(self._answer, host, self._own)
