"""What every measured system can do. A module of this package has a class `Peer` with this shape."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from importlib import import_module
from typing import Protocol, TypeAlias

from benchmarks.adapters.task import CALLERS_WITHOUT_BULK, Payload

Handle: TypeAlias = Callable[[int, float], None]
"""To be called first thing in the handler, with the payload's `i` and `t`."""


class Adapter(Protocol):
    """One system on one database. It is used in one process and never closed: the process just ends."""

    def __init__(self, url: str, concurrency: int) -> None: ...

    async def install(self) -> None:
        """Bring an empty database to the system's newest schema."""
        ...

    async def open(self) -> None:
        """Get ready to submit."""
        ...

    async def submit(self, payload: Payload) -> None:
        """Submit one job, durably."""
        ...

    async def submit_many(self, payloads: Sequence[Payload]) -> None:
        """Submit many by the fastest way that the system documents."""
        ...

    async def start(self, handle: Handle) -> None:
        """Start one worker that runs no-op handlers. `open` is not called before: a worker opens what it needs."""
        ...

    async def stop(self) -> None:
        """Stop the worker."""
        ...


def load(name: str, url: str, concurrency: int) -> Adapter:
    """The adapter of the system with this name."""
    peer: type[Adapter] = import_module(f"benchmarks.adapters.{name}").Peer
    return peer(url, concurrency)


def chunks(payloads: Sequence[Payload], size: int) -> Iterable[Sequence[Payload]]:
    """Parts of at most `size`."""
    return (payloads[start : start + size] for start in range(0, len(payloads), size))


async def one_by_one(payloads: Sequence[Payload], submit: Callable[[Payload], Awaitable[None]]) -> None:
    """For a system that has no call for many: some callers at a time."""
    rest = iter(payloads)

    async def call() -> None:
        for payload in rest:
            await submit(payload)

    await asyncio.gather(*[call() for _ in range(CALLERS_WITHOUT_BULK)])


class Background:
    """A peer's worker that is a coroutine: runs beside, and says on standard error what ended it."""

    def __init__(self, work: Awaitable[object]) -> None:
        self._task = asyncio.ensure_future(work)
        self._task.add_done_callback(_tell)

    async def end(self, *, patience: float) -> None:
        """Give it `patience` seconds to end by itself, then cancel it."""
        await asyncio.wait([self._task], timeout=patience)
        self._task.cancel()
        await asyncio.wait([self._task], timeout=patience)


def _tell(task: "asyncio.Future[object]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        raise RuntimeError("the peer's worker ended") from error
