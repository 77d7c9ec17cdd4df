"""A TCP proxy in front of PostgreSQL that can stall, fall silent and cut: the network's part in the fault tests."""

import asyncio
from typing import Self
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536


class Proxy:
    """Passes bytes on, both ways, while `flowing` is set."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._audible = asyncio.Event()  # of the connections that are made from now on
        self._audible.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for pump in self._pumps:
            pump.cancel()

    @property
    def url(self) -> str:
        """The database's address through the proxy."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        user = f"{self._target.username}:{self._target.password}"
        return urlunsplit(self._target._replace(netloc=f"{user}@127.0.0.1:{port}"))

    def cut(self) -> None:
        """Break every connection."""
        for writer in [*self._writers]:
            writer.close()

    def silence(self) -> None:
        """The connections that there are pass nothing any more, and nobody is told. New ones do."""
        self._audible.clear()
        self._audible = asyncio.Event()
        self._audible.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to_there = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            writer.close()
            return
        audible = self._audible
        for source, sink in ((reader, to_there), (there, writer)):
            self._writers.add(sink)
            pump = asyncio.create_task(self._pump(source, sink, audible))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, audible: asyncio.Event) -> None:
        try:
            while data := await source.read(CHUNK):
                await self.flowing.wait()
                await audible.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            return
        finally:
            self._writers.discard(sink)
            sink.close()
