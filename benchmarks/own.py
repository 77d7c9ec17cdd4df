"""What is measured of ours alone: the raw limits of our own SQL, and what a job costs in WAL and on disk."""

import asyncio
import time
from dataclasses import replace
from io import BytesIO
from uuid import UUID

from benchmarks.adapters.jobyard import KIND
from benchmarks.install import Installed
from benchmarks.measures import Bench, MeasureError
from benchmarks.process import Values, result
from jobyard.ports import Completed
from jobyard.postgres.connections import ENGINE_SETTINGS, Connection, Pool, connect
from jobyard.postgres.copy_rows import COPY_COLUMNS
from jobyard.postgres.listener import PostgresNudges
from jobyard.postgres.queries import query
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.worker.options import WorkerOptions

BATCH = WorkerOptions("bench").batch
BACKENDS = 2
NOWHERE = UUID(int=0)

# Of the day that has rows: the empty ones of the week ahead have some pages each too.
SIZES = """
SELECT coalesce(sum(pg_table_size(relid)), 0), coalesce(sum(pg_indexes_size(relid)), 0)
FROM pg_partition_tree($1::text::regclass) WHERE isleaf AND pg_relation_size(relid) > 0"""

# What pgbench would do, in the server itself: claim a batch, commit, complete it, commit. All jobs of a bench have one
# priority, so one floor is enough.
DRAIN = """
DO $drain$
DECLARE
  line record;
  floor_place timestamptz := '-infinity';
  floor_id uuid := '{nowhere}';
  completed bigint;
BEGIN
  LOOP
    SELECT count(*) AS jobs, array_agg(c_spot) AS spots, array_agg(c_id) AS ids, array_agg(c_run) AS runs,
           array_agg(c_place) AS places INTO line
    FROM bench_claim({worker}, {batch}, {lane}, '{{{kind}}}', '-infinity', '{nowhere}', floor_place, floor_id,
                     '-infinity', '{nowhere}');
    COMMIT;
    EXIT WHEN line.jobs = 0;
    SELECT place, id INTO floor_place, floor_id
    FROM unnest(line.places, line.ids) AS claimed (place, id) ORDER BY place DESC, id DESC LIMIT 1;
    SELECT c_moved INTO completed
    FROM bench_complete(line.spots::text, line.ids::text, line.runs::text, {worker}, NULL, line.jobs::int);
    COMMIT;
  END LOOP;
END $drain$"""


async def raw_limits(bench: Bench, ours: Installed) -> Values:
    """What PostgreSQL itself does with our SQL: claims and completions in two backends; COPY into our table."""
    async with bench.fresh(ours) as name:
        return await _raw_limits(bench, ours, name)


async def _raw_limits(bench: Bench, ours: Installed, name: str) -> Values:
    jobs = bench.jobs(ours)
    await result(ours, replace(bench.task(ours, "bulk", name), jobs=jobs))
    await bench.database.settle(name)
    url, rows = bench.database.url(name), BytesIO()
    async with bench.database.connected(name) as connection:
        columns = ", ".join(COPY_COLUMNS)
        await connection.copy_from_query(f"SELECT {columns} FROM live_jobs", output=rows, format="binary")  # noqa: S608
    seconds = await raw_drain(url)
    async with bench.database.connected(name) as connection:
        left, finished = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM live_jobs), (SELECT count(*) FROM finished_jobs)"
        )
        if left or finished != jobs:
            raise MeasureError(f"the raw drain of {jobs} jobs left {left} and finished {finished}")
        await connection.execute("TRUNCATE live_jobs")
    await bench.database.settle(name)
    return {"drain_s": jobs / seconds, "copy_s": jobs / await _copy(url, rows)}


async def raw_drain(url: str) -> float:
    """Run everything in live_jobs by SQL alone; the seconds that it took."""
    backends = [await connect(url, ENGINE_SETTINGS) for _ in range(BACKENDS)]
    try:
        for name in ("claim", "complete"):
            await backends[0].execute(await _as_function(backends[0], name))
        lane = await backends[0].fetchval("SELECT id FROM lanes WHERE queue = 'default' AND owner_id IS NULL")
        workers = [await one.fetchval(query("register"), "bench", [KIND], BATCH) for one in backends]
        scripts = [
            DRAIN.format(worker=worker, batch=BATCH, lane=lane, kind=KIND, nowhere=NOWHERE) for worker in workers
        ]
        began = time.perf_counter()
        await asyncio.gather(*[one.execute(script, timeout=300) for one, script in zip(backends, scripts, strict=True)])
        return time.perf_counter() - began
    finally:
        for one in backends:
            one.terminate()


async def _as_function(connection: Connection, name: str) -> str:
    """One of our statements as a function bench_NAME, so that plpgsql can run it; its columns get the prefix c_."""
    statement = await connection.prepare(query(name))
    parameters = ", ".join(one.name for one in statement.get_parameters())
    columns = ", ".join(f"c_{one.name} {one.type.name}" for one in statement.get_attributes())
    return f"CREATE FUNCTION bench_{name}({parameters}) RETURNS TABLE ({columns}) LANGUAGE sql AS $f$ {query(name)} $f$"


async def _copy(url: str, rows: BytesIO) -> float:
    connection = await connect(url, ENGINE_SETTINGS)
    try:
        rows.seek(0)
        began = time.perf_counter()
        await connection.copy_to_table("live_jobs", source=rows, columns=COPY_COLUMNS, format="binary", timeout=300)
        return time.perf_counter() - began
    finally:
        connection.terminate()


async def storage(bench: Bench, ours: Installed) -> Values:
    """WAL that a job's submit, claim and completion write, and the bytes that it takes once it has finished."""
    async with bench.fresh(ours) as name:
        return await _storage(bench, ours, name)


async def _storage(bench: Bench, ours: Installed, name: str) -> Values:
    jobs = bench.options.sizes.storage_jobs
    async with bench.database.connected(name) as connection:
        await connection.execute("CREATE EXTENSION pg_stat_statements")
        await connection.execute("CHECKPOINT")
        await connection.execute("SELECT pg_stat_statements_reset()")
    await result(ours, replace(bench.task(ours, "bulk", name), jobs=jobs))
    await _run_all(bench.database.url(name), jobs)
    async with bench.database.connected(name) as connection:
        wal = {
            "submit": await _wal(connection, "%COPY%live_jobs%", jobs),
            "claim": await _wal(connection, f"%{_longest_line('claim')}%", jobs),
            "complete": await _wal(connection, f"%{_longest_line('complete')}%", jobs),
        }
        await connection.execute("VACUUM finished_jobs")
        await connection.execute("VACUUM notifications")
        heap, index = await connection.fetchrow(SIZES, "finished_jobs")
        inbox = sum(await connection.fetchrow(SIZES, "notifications"))
    sizes = {"heap_bytes": float(heap) / jobs, "index_bytes": float(index) / jobs}
    inbox_bytes = float(inbox) / jobs
    return {
        **{f"wal_{step}": value for step, value in wal.items()},
        **sizes, "bytes": sum(sizes.values()), "inbox_bytes": inbox_bytes,
    }  # fmt: skip


async def _run_all(url: str, jobs: int) -> None:
    """Claim and complete by the engine's own verbs, a full batch at a time."""
    async with Pool(url, ENGINE_SETTINGS, 1) as pool:
        queue = PostgresWorkQueue(pool, PostgresNudges(url, pool))
        worker = await queue.register("bench", [KIND], BATCH)
        lanes, done = await queue.lanes(), 0
        while claimed := [job for lane in lanes for job in await queue.claim(worker, lane, [KIND], BATCH)]:
            done += len(await queue.complete(worker, [Completed(job, None) for job in claimed]))
    if done != jobs:
        raise MeasureError(f"of {jobs} jobs {done} were completed")


def _longest_line(name: str) -> str:
    """A line by which pg_stat_statements, which writes constants as $n, knows a statement of ours: one without any."""
    lines = [line.strip() for line in query(name).splitlines() if not line.startswith("--")]
    return max((line for line in lines if not any(letter.isdigit() or letter == "'" for letter in line)), key=len)


async def _wal(connection: Connection, like: str, jobs: int) -> float:
    wal = await connection.fetchval("SELECT sum(wal_bytes) FROM pg_stat_statements WHERE query LIKE $1", like)
    if wal is None:
        raise MeasureError(f"pg_stat_statements has no statement like {like!r}")
    return float(wal) / jobs
