"""A WebSocket client that speaks ASGI to the application, in the test's own event loop."""

import asyncio
import json
from typing import Any, cast

from litestar import Litestar

PATIENCE_SECONDS = 60.0


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class AsgiSocket:
    """Opened by `open_socket`. While `taking` is not set, the client takes nothing."""

    def __init__(self) -> None:
        self.taking = asyncio.Event()
        self.taking.set()
        self.task: asyncio.Task[Any] | None = None
        self.to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def say(self, message: Any) -> None:
        """Send a message: bytes as a binary one, text as it is, everything else as JSON."""
        if isinstance(message, bytes):
            self._put(bytes=message)
        else:
            self._put(text=message if isinstance(message, str) else json.dumps(message))

    def _put(self, **data: Any) -> None:
        self.to_server.put_nowait({"type": "websocket.receive"} | data)

    async def hear(self) -> Any:
        """The next message. Raises Closed."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await self.from_server.get()
        if message["type"] == "websocket.close":
            raise Closed(message["code"], message["reason"])
        return json.loads(message["text"])

    async def hear_until(self, kind: str) -> list[Any]:
        """The messages up to one of this type."""
        heard = [await self.hear()]
        while heard[-1]["type"] != kind:
            heard.append(await self.hear())
        return heard

    async def close_code(self) -> int:
        """Wait for the close."""
        while True:
            try:
                await self.hear()
            except Closed as closed:
                return closed.code

    async def leave(self) -> None:
        """Go, and wait until the server has noticed."""
        self.to_server.put_nowait({"type": "websocket.disconnect", "code": 1001})
        if self.task is not None:
            await asyncio.wait([self.task], timeout=PATIENCE_SECONDS)

    async def receive(self) -> Any:
        return await self.to_server.get()

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            await self.taking.wait()
        await self.from_server.put(message)


async def open_socket(
    app: Litestar, *headers: tuple[str, str], query: str = "", address: str = "192.0.2.1"
) -> AsgiSocket:
    """Open the live socket. Raises Closed where it is not accepted."""
    socket = AsgiSocket()
    scope: dict[str, Any] = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "scheme": "ws",
        "http_version": "1.1",
        "path": "/ws/jobs",
        "raw_path": b"/ws/jobs",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": (address, 1234),
        "server": ("localhost", 8000),
        "subprotocols": [],
        "state": {},
    }
    socket.to_server.put_nowait({"type": "websocket.connect"})
    socket.task = asyncio.create_task(cast("Any", app)(scope, socket.receive, socket.send))
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await socket.from_server.get()
    if answer["type"] != "websocket.accept":
        raise Closed(answer["code"], answer["reason"])
    return socket


async def hear_job(socket: AsgiSocket) -> dict[str, Any]:
    """The next event of a job."""
    return (await socket.hear_until("job"))[-1]
