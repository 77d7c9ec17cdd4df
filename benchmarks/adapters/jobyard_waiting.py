"""Ours, with handlers that wait for something for 5 ms, as most do: the slots are the limit, and not the processor."""

import asyncio
from collections.abc import Awaitable, Callable

from benchmarks.adapters import jobyard
from benchmarks.adapters.adapter import Handle
from benchmarks.adapters.jobyard import NoOp
from jobyard.handlers.registry import JobContext

WAIT_SECONDS = 0.005


class Peer(jobyard.Peer):
    """The same in all else."""

    @staticmethod
    def handler(handle: Handle) -> Callable[[NoOp, JobContext], Awaitable[None]]:
        """What runs each job."""

        async def wait(payload: NoOp, _context: JobContext) -> None:
            handle(payload.i, payload.t)
            await asyncio.sleep(WAIT_SECONDS)

        return wait
