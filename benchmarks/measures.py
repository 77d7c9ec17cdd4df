"""One measure of one system. Each makes a fresh database, but for the one with history, which is kept.

Every function returns the figures of one round. A drain that loses or repeats a job has no rate: it raises.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.adapters.task import Task
from benchmarks.database import Database
from benchmarks.figures import Samples, percentile
from benchmarks.install import FOLDER, Installed
from benchmarks.options import Options
from benchmarks.process import Values, measured, result
from jobyard.postgres.connections import Connection

DRAIN_SECONDS = 180.0
LOOK_SECONDS = 0.005
CATCH_UP_SECONDS = 3.0
BARE_ADAPTER = "bare"
FIRST_JOBS = 100
"""That a database with history has really run: the last of them is copied."""


class MeasureError(Exception):
    """A system did not do what is measured: its figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measure needs."""

    options: Options
    database: Database

    def jobs(self, one: Installed) -> int:
        """How many jobs this system drains."""
        sizes, system = self.options.sizes, one.system
        jobs = self.options.setting(system.name, "jobs", system.jobs)
        return max(sizes.least_jobs, int(jobs * sizes.scale))

    def concurrency(self, one: Installed) -> int:
        """The system's own setting."""
        return self.options.setting(one.system.name, "concurrency", one.system.concurrency)

    def task(self, one: Installed, do: str, database: str) -> Task:
        """A task on a database; `replace` says how much of it."""
        samples = str(_samples_file(one)) if do == "work" else ""
        return Task(do, self.database.url(database), self.concurrency(one), samples=samples)

    @asynccontextmanager
    async def fresh(self, one: Installed) -> AsyncGenerator[str]:
        """A database of this system, empty, for the block: what it leaves behind must not be vacuumed amid the next."""
        name = f"bench_{one.system.name}"
        await self.database.make(name, template_of(one))
        try:
            yield name
        finally:
            await self.database.drop(name)


def template_of(one: Installed) -> str:
    """The database that fresh ones are copied from."""
    return f"bench_{one.system.name}_template"


def history_of(one: Installed) -> str:
    """The database with finished jobs."""
    return f"bench_{one.system.name}_history"


async def prepare(bench: Bench, one: Installed) -> None:
    """The template: the newest schema, nothing in it."""
    await bench.database.make(template_of(one))
    await result(one, bench.task(one, "install", template_of(one)))


async def prepare_history(bench: Bench, one: Installed) -> None:
    """A database in which this system has finished very many jobs."""
    name = history_of(one)
    await bench.database.make(name, template_of(one))
    await _load(bench, one, name, FIRST_JOBS)
    await _drain(bench, one, name, FIRST_JOBS)
    async with bench.database.connected(name) as connection:
        for table, columns in one.system.history.items():
            await _copy_rows(connection, table, columns, bench.options.sizes.history_rows)
    await bench.database.settle(name)


async def single(bench: Bench, one: Installed) -> Values:
    """Single submits by many callers in one process."""
    sizes = bench.options.sizes
    async with bench.fresh(one) as name:
        task = bench.task(one, "single", name)
        done = await result(one, replace(task, callers=sizes.callers, seconds=sizes.single_seconds))
    return {"jobs_s": done["jobs"] / done["seconds"]}


async def bulk(bench: Bench, one: Installed) -> Values:
    """One caller that submits many, with no drain after it."""
    async with bench.fresh(one) as name:
        return {"jobs_s": await _load(bench, one, name, bench.jobs(one))}


async def bulk_and_drain(bench: Bench, one: Installed) -> tuple[Values, Values]:
    """One caller that submits many; then one worker that runs them."""
    jobs = bench.jobs(one)
    async with bench.fresh(one) as name:
        submitted = await _load(bench, one, name, jobs)
        return {"jobs_s": submitted}, await _drain(bench, one, name, jobs)


async def history(bench: Bench, one: Installed) -> Values:
    """The same drain where very many jobs have finished before."""
    name, jobs = history_of(one), bench.jobs(one)
    await _load(bench, one, name, jobs)
    found = await _drain(bench, one, name, jobs)
    await bench.database.settle(name)
    return found


async def pickup(bench: Bench, one: Installed) -> Values:
    """From a submit in another process to the handler's start, by an idle worker."""
    sizes = bench.options.sizes
    async with bench.fresh(one) as name:
        seen, done, _ = await _fed(bench, one, name, sizes.pickup_rate, sizes.pickup_seconds)
    if len(seen) != done["jobs"] or seen.twice:
        raise MeasureError(f"{done['jobs']:.0f} jobs were submitted, {len(seen)} were started, {seen.twice} twice")
    waits = [wait * 1000 for wait in seen.waits()]
    return {"n": len(waits), **{f"p{percent}": percentile(waits, percent) for percent in (50, 95, 99)}}


async def floor(bench: Bench, ours: Installed) -> Values:
    """The same by two bare commits and a NOTIFY: what a queue whose submits and claims are durable adds to."""
    return await pickup(bench, replace(ours, command=(*ours.command[:-1], BARE_ADAPTER)))


async def fed(bench: Bench, one: Installed, rate: float, *, pinned: bool) -> Values:
    """A steady feed, with or without another session that holds a snapshot: how the last sixth of it went."""
    seconds = bench.options.sizes.pinned_seconds
    async with bench.fresh(one) as name, bench.database.connected(name) as other:
        if pinned:
            await other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class")
        seen, offered, left = await _fed(bench, one, name, rate, seconds)
    if not len(seen):
        raise MeasureError("no job was started")
    # Up to the last submit: after it, the feeder's pause of 50 ms would count as the worker's.
    began, ended, part = min(seen.submitted), max(seen.submitted), seconds / 6
    first = seen.waits(began, began + part)
    last = seen.waits(ended - part, ended)
    return {
        "rate": rate,
        "offered_s": offered["jobs"] / offered["seconds"],
        "last_s": len(last) / part,
        "first_p50": percentile(first, 50) * 1000,
        "p50": percentile(last, 50) * 1000,
        "p99": percentile(last, 99) * 1000,
        "left": left,
        "twice": seen.twice,
    }


async def _load(bench: Bench, one: Installed, name: str, jobs: int) -> float:
    done = await result(one, replace(bench.task(one, "bulk", name), jobs=jobs))
    return done["jobs"] / done["seconds"]


async def _drain(bench: Bench, one: Installed, name: str, jobs: int) -> Values:
    """From the first start of a handler to the last completion that the database shows."""
    system = one.system
    await bench.database.settle(name)
    before = await bench.database.value(name, system.finished) if system.finished else 0
    task, cpu = replace(bench.task(one, "work", name), jobs=jobs), bench.database.cpu_seconds()
    async with bench.database.connected(name) as connection, measured(one, task) as process:
        await process.line()  # it is ready
        started = await process.line(DRAIN_SECONDS)
        ended = await _until_none_left(connection, system.unfinished)
        server_cpu = bench.database.cpu_seconds() - cpu
        process.tell_stop()
        await process.line()
    seen = Samples.read(Path(task.samples))
    finished = await bench.database.value(name, system.finished) - before if system.finished else jobs
    if len(seen) - seen.twice != jobs or seen.twice or finished != jobs:
        raise MeasureError(f"of {jobs} jobs {len(seen)} were started, {seen.twice} twice, {finished} finished")
    cpu_us = {"worker_us": started["worker_us"], "server_us": server_cpu / jobs * 1e6}
    return {"jobs_s": jobs / (ended - started["began"]), **{name: value for name, value in cpu_us.items() if value}}


async def _until_none_left(connection: Connection, unfinished: str) -> float:
    deadline = time.time() + DRAIN_SECONDS
    while left := await connection.fetchval(unfinished):
        if time.time() > deadline:
            raise MeasureError(f"{left} jobs had not finished {DRAIN_SECONDS:.0f} s after the last was started")
        await asyncio.sleep(LOOK_SECONDS)
    return time.time()


async def _fed(bench: Bench, one: Installed, name: str, rate: float, seconds: float) -> tuple[Samples, Values, int]:
    """A worker, and another process that submits: what was started, what was submitted, how many were left."""
    task = bench.task(one, "work", name)
    async with measured(one, task) as worker:
        await worker.line()
        await asyncio.sleep(bench.options.sizes.settle_seconds)
        feed = replace(bench.task(one, "feed", name), rate=rate, seconds=seconds)
        async with measured(one, feed) as feeder:
            done = await feeder.line(seconds + DRAIN_SECONDS)
        left = await _left_after_a_moment(bench, name, one.system.unfinished)
        worker.tell_stop()
        await worker.line()
    return Samples.read(Path(task.samples)), done, left


async def _left_after_a_moment(bench: Bench, name: str, unfinished: str) -> int:
    deadline = time.time() + CATCH_UP_SECONDS
    async with bench.database.connected(name) as connection:
        while (left := await connection.fetchval(unfinished)) and time.time() < deadline:
            await asyncio.sleep(LOOK_SECONDS * 10)
    return int(left)


async def _copy_rows(connection: Connection, table: str, replaced: Mapping[str, str | None], rows: int) -> None:
    """Copy the last row of a table very often. All names come from systems.py."""
    columns = [
        row["attname"]
        for row in await connection.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''",
            table,
        )
        if replaced.get(row["attname"], "") is not None
    ]
    values = ", ".join(replaced.get(column) or f"r.{column}" for column in columns)
    last = f"(SELECT * FROM {table} ORDER BY 1 DESC LIMIT 1) r"  # noqa: S608
    await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    await connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {last}, generate_series(1, {rows}) g"  # noqa: S608
    )
    await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _samples_file(one: Installed) -> Path:
    return FOLDER / "logs" / f"{one.system.name}.samples"
