"""Sockets that have not said who they are: few at a time, and few from one address.

Each may make the server hold a message before anybody here sees it (docs/decisions/0014-socket-and-server.md), so they
are what an attacker without an account can fill memory with. A page says who it is within a round trip of opening: an
office behind one address gets through in turns, and who is turned away (1013) comes back with a backoff.
"""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

MOST = 100
MOST_AN_ADDRESS = 8


class TooManyStrangers(Exception):
    """There is no room for another one."""


class Strangers:
    """Those of this process."""

    def __init__(self, most: int = MOST, most_an_address: int = MOST_AN_ADDRESS) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self.left = asyncio.Event()
        self._most = most
        self._most_an_address = most_an_address
        self._waiting = 0
        self._by_address: Counter[str] = Counter()

    @contextmanager
    def one(self, address: str, *, waits: bool) -> Generator[None]:
        """A socket's handler finds out who it is, for the block. Raises TooManyStrangers.

        One that came with a header `waits` for no message: it is looked up and gone in a moment, and not counted.
        """
        if waits and (self._waiting >= self._most or self._by_address[address] >= self._most_an_address):
            raise TooManyStrangers
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self.tasks.add(task)
        self._count(address, +waits)
        try:
            yield
        finally:
            self.tasks.discard(task)
            self._count(address, -waits)
            self.left.set()

    def _count(self, address: str, more: int) -> None:
        self._waiting += more
        self._by_address[address] += more
        if not self._by_address[address]:
            del self._by_address[address]
