"""What the API costs on top of the engine: submitting beside a route that only decodes and answers, and reading."""

import json
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import quote

from benchmarks.callers import callers, for_a_while, request, times
from benchmarks.figures import percentile
from benchmarks.install import Installed
from benchmarks.measures import Bench, MeasureError
from benchmarks.process import Values, result
from benchmarks.served import BODY, make_people, served
from jobyard.postgres.connections import ENGINE_SETTINGS, Connection, Pool
from jobyard.postgres.statistics import StatisticsUpkeep

TURNS = 2
"""Of each route, in turn, so that what the machine does meanwhile meets both."""

WARM = 20
READS = 500
MERGED_ROWS = 50_000
DAYS = 28
MINUTES = 24 * 60

# Jobs of all users through some weeks, each user's a like share of every day; one in a hundred failed, one was
# cancelled. Ids grow with time, as they do.
FILL = """
INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, owner_id, lane, run, priority,
                           state, attempt, max_attempts, budget, crashes, notify, id, kind, payload, tags, result)
SELECT at, at, at + interval '20 ms', at + interval '90 ms', pg_current_xact_id()::text::bigint, 1 + g % $1::int,
       (SELECT id FROM lanes WHERE queue = 'default' AND owner_id IS NULL), 1, g % 3,
       CASE g / $1 % 100 WHEN 0 THEN 6 WHEN 1 THEN 7 ELSE 5 END, 1, 5, 5, 0, false,
       (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(g::text), 1, 3) || '8'
        || substr(md5(g::text), 4, 15))::uuid,
       CASE g / $1 % 10 WHEN 0 THEN 'http.request' ELSE 'demo.echo' END,
       '{"value": {"to": "somebody@example.com"}}',
       CASE WHEN g / $1 % 5 = 0 THEN '{bench}'::text[] END, '{"value": 7}'
FROM (SELECT g, $2::timestamptz + g * ($3::timestamptz - $2) / $5::bigint AS at
      FROM generate_series($4::bigint, $4 + $6::bigint - 1) g) one"""
FILLED_A_STATEMENT = 250_000

STATS = """
INSERT INTO job_stats (minute, owner_id, kind, completed, waits, runs)
SELECT date_trunc('minute', now()) - minute * interval '1 minute', owner, 'demo.echo', 3,
       array_fill(0, ARRAY[3]) || '{1,2}' || array_fill(0, ARRAY[35]),
       array_fill(0, ARRAY[5]) || '{2,0,1}' || array_fill(0, ARRAY[32])
FROM generate_series(1, $1::int) owner, generate_series(1, $2::int) minute"""


async def post(bench: Bench, ours: Installed) -> Values:
    """`POST /jobs` by many connections, against the constant route."""
    sizes = bench.options.sizes
    async with bench.fresh(ours) as name, AsyncExitStack() as stack:
        async with bench.database.connected(name) as connection:
            (person,) = await make_people(connection, 1, 1)
        server = await stack.enter_async_context(served(bench.database.url(name)))
        connections = await callers(stack, server.port, sizes.api_connections)
        constant, submit = (request("POST", path, person.token, BODY) for path in ("/jobs/constant", "/jobs"))
        for text in (constant, submit):
            await for_a_while(connections, text, sizes.api_seconds / 4)
        before = await bench.database.value(name, "SELECT count(*) FROM live_jobs")
        constants: list[float] = []
        submits: list[float] = []
        seconds: list[float] = []
        for _ in range(TURNS):
            constants.append((await for_a_while(connections, constant, sizes.api_seconds))[0])
            rate, took = await for_a_while(connections, submit, sizes.api_seconds)
            submits.append(rate)
            seconds += took
        stored = await bench.database.value(name, "SELECT count(*) FROM live_jobs") - before
    if stored != len(seconds):
        raise MeasureError(f"of {len(seconds)} jobs that were answered 201 {stored} are there")
    return {
        "constant_s": sum(constants) / TURNS,
        "jobs_s": sum(submits) / TURNS,
        "ratio": sum(submits) / sum(constants),
        "p50": percentile(seconds, 50) * 1000,
        "p99": percentile(seconds, 99) * 1000,
    }


async def reads(bench: Bench, ours: Installed) -> Values:
    """How long single reads take, amid very many finished jobs of very many users."""
    sizes = bench.options.sizes
    async with bench.fresh(ours) as name, AsyncExitStack() as stack:
        await result(ours, replace(bench.task(ours, "bulk", name), jobs=sizes.api_users))  # each has a job that waits
        async with bench.database.connected(name) as connection:
            (person,) = await make_people(connection, sizes.api_users, 1)
            await _fill(connection, sizes.api_rows, sizes.api_users)
        await _merge(bench.database.url(name))
        await bench.database.settle(name)
        server = await stack.enter_async_context(served(bench.database.url(name)))
        (caller,) = await callers(stack, server.port, 1)
        first = request("GET", "/jobs?limit=1&state=completed", person.token)
        await times(caller, first, 1)
        job_id = json.loads(caller.last)["items"][0]["id"]
        found: Values = {"rows": float(sizes.api_rows)}
        for figure, path in _paths(job_id).items():
            text = request("GET", path, person.token)
            await times(caller, text, WARM)
            took = await times(caller, text, READS)
            found |= {f"{figure}_p50": percentile(took, 50) * 1000, f"{figure}_p99": percentile(took, 99) * 1000}
        return found


def _paths(job_id: str) -> dict[str, str]:
    cursorless = "/jobs?limit=50"
    return {
        "list": cursorless,
        "state": f"{cursorless}&state=failed",
        "detail": f"/jobs/{job_id}",
        "counts": "/jobs/counts",
        "stats": "/stats?window_seconds=86400",
        "filtered": f"{cursorless}&tag=bench&kind=http.request",
        "nothing": f"{cursorless}&tag={quote('none of them')}",
    }


async def _fill(connection: Connection, rows: int, users: int) -> None:
    """Finished jobs through some weeks up to now, and a day of statistics."""
    until = await connection.fetchval("SELECT now()")
    since = await connection.fetchval("SELECT $1::timestamptz - make_interval(days => $2)", until, DAYS)
    await connection.execute("SELECT make_partitions(($1::timestamptz AT TIME ZONE 'UTC')::date, $2)", since, DAYS + 8)
    await connection.execute("SET synchronous_commit = off; SET work_mem = '64MB'")
    for first in range(0, rows, FILLED_A_STATEMENT):
        await connection.execute(FILL, users, since, until, first, rows, min(FILLED_A_STATEMENT, rows - first))
    await connection.execute(STATS, users, min(MINUTES, max(1, rows * MINUTES // (users * DAYS) // 10)))


async def _merge(url: str) -> None:
    """Statistics become as wide as the leader, who does this each ten minutes, would have made them."""
    async with Pool(url, ENGINE_SETTINGS, 1) as engine:
        upkeep = StatisticsUpkeep(engine)
        while await upkeep.merge(MERGED_ROWS):
            pass
