"""Cuts live sockets that send more than a message may have, before they fill the server's memory.

Granian (2.8) holds a message of up to 64 MiB before anybody here sees a byte of it, and has no setting for that
(docs/decisions/0014-socket-and-server.md). So the process watches its own memory, and when that grows, asks the
kernel how much each live socket has received since its last whole message. Linux alone; elsewhere it does nothing.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import stat
import struct
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import structlog

from jobyard.domain.limits import Limits

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.1
GROWN_BYTES = 16 * 1024 * 1024
"""What a process's memory may grow by before the sockets are looked at."""

PEER = "jobyard.peer"
"""Where the server's wrapper keeps the address of the connection itself, whomever a proxy names (serving.py)."""

_MEMORY = Path("/proc/self/statm")
_DESCRIPTORS = Path("/proc/self/fd")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_INFO = struct.Struct("=128xQ")  # struct tcp_info up to tcpi_bytes_received (linux/tcp.h, since 4.1)

Peer = tuple[str, int]


class Watched:
    """A live socket as the guard sees it. Its handler says `heard` at each message."""

    __slots__ = ("heard_before", "messages", "received")

    def __init__(self) -> None:
        self.messages = 0
        self.heard_before = 0
        self.received = 0
        """Bytes up to the last look at which there were new messages."""

    def heard(self) -> None:
        """A whole message came."""
        self.messages += 1

    def unheard(self, received: int) -> int:
        """Of all the bytes that it received, those since its last whole message, as far as is known."""
        if self.messages != self.heard_before:
            self.heard_before, self.received = self.messages, received
        return received - self.received


class SocketGuard:
    """Of this process's live sockets. Use it within `running()`."""

    def __init__(self, limits: Limits) -> None:
        self._most = 2 * limits.socket_message_bytes  # frames have headers, and a handshake is counted too
        self._watched: dict[Peer, Watched] = {}

    @contextlib.contextmanager
    def watching(self, scope: Any) -> Generator[Watched]:
        """Watch the socket of an ASGI scope, for the block."""
        peer, watched = scope.get(PEER), Watched()
        if peer is None:
            yield watched
            return
        self._watched[peer] = watched
        try:
            yield watched
        finally:
            if self._watched.get(peer) is watched:
                del self._watched[peer]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Guard until the end of the block."""
        if not sys.platform.startswith("linux"):
            yield
            return
        task = asyncio.create_task(self._guard(), name="live-guard")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _guard(self) -> None:
        calm = _resident_bytes()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                now = _resident_bytes()
                if now < calm + GROWN_BYTES:
                    calm = min(calm, now)
                elif not self._watched or not await asyncio.to_thread(self.cut):
                    calm = now  # what grew is something else
            except Exception:
                log.exception("live sockets could not be looked at")

    def cut(self) -> int:
        """Cut the connections that have sent too much. Returns how many. 10 µs a connection: in a thread."""
        found = 0
        for connection in _own_connections():
            with connection:
                try:
                    watched = self._watched.get(_peer_of(connection))
                    if watched is None:
                        continue
                    (received,) = _INFO.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size))
                    if watched.unheard(received) > self._most:
                        _abort(connection)
                        found += 1
                except (OSError, struct.error):
                    continue  # it has gone meanwhile
        if found:
            log.warning("live sockets were cut: they sent more than a message may have", sockets=found, most=self._most)
        return found


def _own_connections() -> Generator[socket.socket]:
    """A second descriptor of each of this process's TCP connections: the server's own is not touched."""
    for name in os.listdir(_DESCRIPTORS):  # noqa: PTH208 - a name is enough
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                yield socket.socket(fileno=os.dup(int(name)))


def _abort(connection: socket.socket) -> None:
    """Reset it, whoever else has a descriptor: a TCP socket that is connected to nowhere (connect(2), AF_UNSPEC).

    After a shutdown the server sometimes kept a connection that it did not read any more.
    """
    ctypes.CDLL(None, use_errno=True).connect(connection.fileno(), bytes(16), 16)


def _peer_of(connection: socket.socket) -> Peer:
    """As ASGI names it. One of another family has no port; one that listens has no peer, and raises OSError."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return ("", 0)
    host, port, *_ = connection.getpeername()
    return host, port


def _resident_bytes() -> int:
    return int(_MEMORY.read_text(encoding="ascii").split()[1]) * _PAGE
