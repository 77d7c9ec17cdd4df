"""What more processes add, on one PostgreSQL: workers that drain, workers whose handlers wait, and submitters."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.adapters.task import Task
from benchmarks.figures import Samples
from benchmarks.install import FOLDER, Installed
from benchmarks.measures import DRAIN_SECONDS, LOOK_SECONDS, Bench, MeasureError
from benchmarks.process import Measured, Values, measured, result
from jobyard.postgres.connections import Connection

PROCESSES = (1, 2, 4)
FIGURES = ("drain", "waiting", "single")
WAITING_ADAPTER = "jobyard_waiting"
WAITING_SHARE = 0.2
"""Of the jobs of a drain: 50 slots of 5 ms run 10,000 jobs a second at most."""


async def scaling(bench: Bench, ours: Installed) -> Values:
    """Jobs a second of each figure with each number of processes, and the ratio to one process."""
    waiting = replace(ours, command=(*ours.command[:-1], WAITING_ADAPTER))
    jobs = bench.jobs(ours)
    found: Values = {}
    for number in PROCESSES:
        found[f"drain_{number}"] = await _drain(bench, ours, number, jobs)
        found[f"waiting_{number}"] = await _drain(bench, waiting, number, max(100, int(jobs * WAITING_SHARE)))
        found[f"single_{number}"] = await _single(bench, ours, number)
    ratios = {f"{figure}_{number}_ratio": found[f"{figure}_{number}"] / found[f"{figure}_1"]
              for figure in FIGURES for number in PROCESSES}  # fmt: skip
    return found | ratios


async def _drain(bench: Bench, ours: Installed, number: int, jobs: int) -> float:
    """From the first start of a handler to the last completion. All begin together: nobody claims before all are up."""
    async with bench.fresh(ours) as name:
        await result(ours, replace(bench.task(ours, "bulk", name), jobs=jobs))
        await bench.database.settle(name)
        task = bench.task(ours, "work", name)
        files = [str(FOLDER / "logs" / f"scaling-{one}.samples") for one in range(number)]
        async with bench.database.connected(name) as connection:
            holding = connection.transaction()
            await holding.start()
            await connection.execute("LOCK TABLE live_jobs IN SHARE MODE")  # claims wait, beats do not
            async with _together(ours, [replace(task, samples=file) for file in files]) as workers:
                await asyncio.gather(*[worker.line() for worker in workers])
                await holding.commit()
                ended = await _until_none_left(connection)
                for worker in workers:
                    worker.tell_stop()
                await asyncio.gather(*[worker.line() for worker in workers])
            finished = await connection.fetchval(ours.system.finished or "")
    samples = [Samples.read(Path(file)) for file in files]
    check_starts(samples, jobs, finished)
    return jobs / (ended - min(min(one.started) for one in samples if len(one)))


def check_starts(samples: Sequence[Samples], jobs: int, finished: int) -> None:
    """Each job was started once, by one of them."""
    started = sum(len(one) for one in samples)
    different = len(set[float]().union(*[one.numbers for one in samples]))
    if not started == different == finished == jobs:
        raise MeasureError(f"of {jobs} jobs {different} were started, {started} times in all; {finished} finished")


async def _until_none_left(connection: Connection) -> float:
    deadline = time.time() + DRAIN_SECONDS
    while left := await connection.fetchval("SELECT count(*) FROM live_jobs"):
        if time.time() > deadline:
            raise MeasureError(f"{left} jobs had not finished after {DRAIN_SECONDS:.0f} s")
        await asyncio.sleep(LOOK_SECONDS)
    return time.time()


async def _single(bench: Bench, ours: Installed, number: int) -> float:
    """Single submits by so many processes with 100 callers each, from one moment on."""
    sizes = bench.options.sizes
    async with bench.fresh(ours) as name:
        task = replace(bench.task(ours, "single_on_cue", name), callers=sizes.callers, seconds=sizes.single_seconds)
        async with _together(ours, [task] * number) as submitters:
            await asyncio.gather(*[one.line() for one in submitters])
            for one in submitters:
                one.tell_stop()  # any line is the cue
            done = await asyncio.gather(*[one.line() for one in submitters])
    return sum(one["jobs"] for one in done) / max(one["seconds"] for one in done)


@asynccontextmanager
async def _together(ours: Installed, tasks: Sequence[Task]) -> AsyncGenerator[list[Measured]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(measured(ours, task, f"-{one}")) for one, task in enumerate(tasks)]
