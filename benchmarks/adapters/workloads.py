"""The workloads, the same for every system that is written in Python (node/graphile.mjs has them for Node).

Times are `time.time()`: one clock for the processes of one machine.
"""

import asyncio
import itertools
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from benchmarks.adapters.adapter import Adapter
from benchmarks.adapters.task import Task, payload

Say: TypeAlias = Callable[[dict[str, float]], None]

ONE_BY_ONE_RATE = 100
FEED_SECONDS = 0.05
LOOK_SECONDS = 0.005
STOP_SECONDS = 10.0
WARM_UP = -1
"""Number of a job that is not counted."""

LINGER_SECONDS = 0.5
"""A feeder lives on for a moment: what wakes the worker may go out after the submit has returned."""

WARM_UPS = 10
"""Submits before a feed: connections are opened, plans are made, on both sides."""


async def install(peer: Adapter, _task: Task, _say: Say) -> dict[str, float]:
    """Make the schema."""
    await peer.install()
    return {}


async def single(peer: Adapter, task: Task, _say: Say) -> dict[str, float]:
    """Many callers, each of which submits one job after the other."""
    await _warm_up(peer, task)
    return await _submit_all_the_time(peer, task)


async def single_on_cue(peer: Adapter, task: Task, say: Say) -> dict[str, float]:
    """The same, from the moment that a line comes: several processes begin together."""
    await _warm_up(peer, task)
    say({"ready": 1})
    await asyncio.to_thread(sys.stdin.readline)
    return await _submit_all_the_time(peer, task)


async def _warm_up(peer: Adapter, task: Task) -> None:
    await peer.open()
    await asyncio.gather(*[peer.submit(payload(WARM_UP)) for _ in range(task.callers)])


async def _submit_all_the_time(peer: Adapter, task: Task) -> dict[str, float]:
    numbers = itertools.count()
    began = time.time()
    end = began + task.seconds

    async def call() -> None:
        while time.time() < end:
            await peer.submit(payload(next(numbers)))

    await asyncio.gather(*[call() for _ in range(task.callers)])
    return {"jobs": next(numbers), "seconds": time.time() - began}


async def bulk(peer: Adapter, task: Task, _say: Say) -> dict[str, float]:
    """One caller that has all its jobs at hand. The first few are not timed: they open connections."""
    await peer.open()
    payloads = [payload(number) for number in range(task.jobs)]
    first = min(10, len(payloads) // 2)
    await peer.submit_many(payloads[:first])
    began = time.time()
    await peer.submit_many(payloads[first:])
    return {"jobs": task.jobs - first, "seconds": time.time() - began}


async def feed(peer: Adapter, task: Task, _say: Say) -> dict[str, float]:
    """Submit at a steady rate: one by one, or all that are due every 50 ms."""
    await peer.open()
    for _ in range(WARM_UPS):
        await peer.submit(payload(WARM_UP))
        await asyncio.sleep(FEED_SECONDS)
    began = time.time()
    end, number = began + task.seconds, 0
    if task.rate <= ONE_BY_ONE_RATE:
        while (due := began + number / task.rate) < end:
            await asyncio.sleep(max(0.0, due - time.time()))
            await peer.submit(payload(number))
            number += 1
    else:
        while (now := time.time()) < end:
            more = int((now - began) * task.rate) - number
            if more > 0:
                await peer.submit_many([payload(number + k, now) for k in range(more)])
                number += more
            await asyncio.sleep(max(0.0, FEED_SECONDS - (time.time() - now)))
    seconds = time.time() - began
    await asyncio.sleep(LINGER_SECONDS)
    return {"jobs": number, "seconds": seconds}


async def work(peer: Adapter, task: Task, say: Say) -> dict[str, float]:
    """One worker until a line comes. Says when it is ready, and when `jobs` handlers have started."""
    samples = array("d")

    def handle(number: int, submitted: float) -> None:
        samples.extend((number, submitted, time.time()))

    await peer.start(handle)
    say({"ready": 1})
    stop = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    if task.jobs:
        say(await _all_started(samples, task.jobs, stop))
    await stop
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await peer.stop()
    except TimeoutError:
        sys.stderr.write("the peer's worker did not stop in time\n")
    Path(task.samples).write_bytes(samples.tobytes())  # noqa: ASYNC240 - nothing runs beside it any more
    return {"samples": len(samples) // 3}


async def _all_started(samples: "array[float]", jobs: int, stop: "asyncio.Task[str]") -> dict[str, float]:
    """When the first handler started, and this process's processor time a job (from the first look that saw one)."""
    while not samples and not stop.done():
        await asyncio.sleep(LOOK_SECONDS)
    seen, cpu = len(samples) // 3, time.process_time()
    while len(samples) < 3 * jobs and not stop.done():
        await asyncio.sleep(LOOK_SECONDS)
    rest = len(samples) // 3 - seen
    microseconds = (time.process_time() - cpu) * 1e6 / rest if rest else 0.0
    return {"began": samples[2] if samples else 0.0, "worker_us": microseconds}


WORKLOADS = {
    "install": install, "single": single, "single_on_cue": single_on_cue, "bulk": bulk, "feed": feed, "work": work,
}  # fmt: skip
