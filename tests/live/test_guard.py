"""The guard on real connections: who has sent more than a message may have since its last whole one."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator

import pytest

from jobyard.domain.limits import Limits
from jobyard.web.live_guard import PEER, SocketGuard

MOST = Limits().socket_message_bytes
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the guard is Linux alone")


class Pair:
    """A connection: the client's end, and what the server has read."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: asyncio.StreamReader
    ) -> None:
        self.reader, self.writer, self.server = reader, writer, server
        self.scope = {PEER: writer.get_extra_info("sockname")}

    async def send(self, size: int) -> None:
        """Until the server has it."""
        self.writer.write(bytes(size))
        async with asyncio.timeout(60):
            await self.server.readexactly(size)

    async def is_cut(self) -> bool:
        try:
            async with asyncio.timeout(0.1):
                await self.reader.read(1)
        except ConnectionResetError:
            return True
        except TimeoutError:
            pass
        return False


@contextlib.asynccontextmanager
async def pair() -> AsyncGenerator[Pair]:
    accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.put_nowait((reader, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", limit=2**20)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    server_reader, server_writer = await accepted.get()
    try:
        yield Pair(reader, writer, server_reader)
    finally:
        server.close()
        for end in (writer, server_writer):
            end.close()
            with contextlib.suppress(ConnectionError):
                await end.wait_closed()


async def test_who_sends_too_much_is_cut_and_nobody_else() -> None:
    guard = SocketGuard(Limits())
    async with pair() as attacker, pair() as good, pair() as foreign:
        with guard.watching(attacker.scope), guard.watching(good.scope):
            for one, size in ((attacker, 2 * MOST + 1), (good, MOST), (foreign, 4 * MOST)):
                await one.send(size)
            assert guard.cut() == 1
            assert [await one.is_cut() for one in (attacker, good, foreign)] == [True, False, False]


async def test_what_belongs_to_whole_messages_does_not_count() -> None:
    guard = SocketGuard(Limits())
    async with pair() as talking:
        with guard.watching(talking.scope) as watched:
            for _ in range(5):
                await talking.send(MOST)
                watched.heard()
            assert guard.cut() == 0
            await talking.send(2 * MOST)
            assert guard.cut() == 0
            await talking.send(1)
            assert guard.cut() == 1


async def test_who_has_gone_is_forgotten() -> None:
    guard = SocketGuard(Limits())
    async with pair() as gone:
        with guard.watching(gone.scope):
            pass
        await gone.send(4 * MOST)
        assert guard.cut() == 0
    with guard.watching({}) as watched:  # a server that tells no peer
        watched.heard()
    assert guard.cut() == 0
