"""The plans of the hot statements: the same SQL ran at 3,000 or 50,000 jobs a second, by its plan alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jobyard.domain.job import JobState, Priority
from jobyard.ports import JobFilter
from jobyard.postgres.connections import READER_SETTINGS, Connection, Pool
from jobyard.postgres.floors import BOTTOM
from jobyard.postgres.id_stretch import Stretch
from jobyard.postgres.job_lists import conditions, id_range, sides
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.queries import query
from tests.engine.conftest import KINDS, Engine

ID = UUID(int=7)
GREATEST = UUID(int=2**128 - 1)
SPOT = "(0,1)"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
BY_ID = {"live_jobs_pkey", "live_owner"}
"""With id and owner given, both are a look-up."""

# statement → its arguments, and the ways by which it may reach live_jobs
HOT: dict[str, tuple[list[Any], set[str]]] = {
    "claim": ([1, 500, 1, KINDS, *BOTTOM, *BOTTOM, *BOTTOM], {"live_claim", "tid"}),
    "claim_alone": ([1, 1, KINDS], {"live_alone", "tid"}),
    "take_turn": ([1, KINDS, 10.0, 15.0], {"live_alone"}),
    "complete": ([f'{{"{SPOT}"}}', f"{{{ID}}}", "{1}", 1, [b"1"], 1], {"tid"}),
    "fail": ([[SPOT] * 9, [ID] * 9, [1] * 9, 1, [b"{}"] * 9, [None, *[1.0] * 8], ["failed"] * 9], {"tid"}),
    "snooze": ([SPOT, ID, 1, 1, 5.0], {"tid"}),
    "release": ([[SPOT] * 9, [ID] * 9, [1] * 9, 1], {"tid"}),
    "progress": ([[SPOT] * 9, [ID] * 9, [1] * 9, 1, [b"{}"] * 9], {"tid"}),
    "locate": ([[ID] * 500, [7] * 500, 1], BY_ID),
    "beat": ([1, [ID] * 100, [7] * 100], BY_ID),
    "cancel": ([[ID], 1], BY_ID),
    "cancel_by": ([[ID], 1, b"{}"], BY_ID),
    "cancel_ask": ([[ID], 1, b"{}"], BY_ID),
    "promote": ([1000], {"live_due", "tid"}),
    "next_due": ([], {"live_due"}),
    "retry_now": ([[ID], 1, b"{}"], BY_ID),
    "retry_finished": ([[ID], 1, b"{}"], {"live_unique"}),
    "append_logs": (
        [1, [ID] * 9, [7] * 9, [1] * 9, [1] * 9, [1] * 9, [0.0] * 9, [1] * 9, ["x"] * 9, [True] * 9],
        BY_ID,
    ),
    "edit": ([ID, 1, 2, BEGINNING, 3, ["x"], b"{}"], BY_ID),
    "hold": ([1, 1000, GREATEST], {"live_owner", "tid"}),
    "unhold": ([1, 1000, GREATEST], {"live_owner", "tid"}),
    "all_back": ([1], {"live_owner"}),
    "let_go": ([[ID] * 9, [1]], BY_ID),
    "doomed": ([[ID] * 9, [ID] * 9, [1]], BY_ID),
    "followers_ended": ([ID, 500], BY_ID),
    "followers_ended_of": ([[1], 500], BY_ID),
    "take_follows": ([[ID] * 9, 500], BY_ID),
    "twins": ([[1] * 9, ["x"] * 9], {"live_unique"}),
}

# Beside the line: what each may not read is a whole table, but for the small ones.
BESIDE: dict[str, list[Any]] = {
    "discard": [ID, 1],
    "discard_many": [[ID] * 9, 1],
    "follow": [[ID] * 9, 1, [ID] * 9],
    "drop_followed": [[ID] * 9],
    "end_batches": [[ID] * 9],
    "keep_answer": [1, "key", b"digest", b"answer"],
    "kept_answer": [1, "key"],
    "held_users": [],
    "next_operation": [],
    "operation": [ID, 1],
}
SMALL = {"lanes"}


async def explained(connection: Connection, sql: str, *arguments: Any, analyze: bool = False) -> list[dict[str, Any]]:
    """The nodes of the plan that such a connection makes: for any values, where its settings or the planner say so.

    By PREPARE and EXECUTE: `EXPLAIN SELECT … $1` shows a plan for these values alone, whatever the settings.
    """
    options = "ANALYZE, BUFFERS, FORMAT JSON" if analyze else "FORMAT JSON"
    types = [parameter.name for parameter in (await connection.prepare(sql)).get_parameters()]
    values = [
        f"{await connection.fetchval(f'SELECT quote_nullable(($1::{kind})::text)', value)}::{kind}"
        for kind, value in zip(types, arguments, strict=True)
    ]
    await connection.execute(f"PREPARE looked_at AS {sql}")
    try:
        given = f"({', '.join(values)})" if values else ""
        text = await connection.fetchval(f"EXPLAIN ({options}) EXECUTE looked_at{given}")
    finally:
        await connection.execute("DEALLOCATE looked_at")
    nodes: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> None:
        nodes.append(node)
        for child in node.get("Plans", []):
            walk(child)

    walk(json.loads(text)[0]["Plan"])
    return nodes


def ways(nodes: list[dict[str, Any]]) -> set[str]:
    """How live_jobs is reached: index names, `tid`, or what it must not be."""
    found: set[str] = set()
    for node in nodes:
        if node.get("Relation Name") == "live_jobs" and node["Node Type"] != "ModifyTable":
            name = "tid" if node["Node Type"].startswith("Tid") else node.get("Index Name", node["Node Type"])
            whole = name == "live_owner" and "owner_id" not in node.get("Index Cond", "")
            found.add(f"{name}, all of it" if whole else name)
    return found


def read_whole(nodes: list[dict[str, Any]]) -> set[str]:
    """Tables that are read from their beginning to their end."""
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}


@pytest.mark.parametrize("reltuples", [-1, 0, 10, 200, 1_000_000])
@pytest.mark.parametrize("analyzed", [False, True])
async def test_hot_statements_have_one_plan_whatever_is_thought_of_the_table(
    engine: Engine, reltuples: int, analyzed: bool
) -> None:
    """Vacuum sees a nearly empty table, and a table of millions: neither may turn a plan."""
    for _ in range(20):
        await engine.submit()
    if analyzed:
        await engine.execute("ANALYZE live_jobs")
    await engine.execute("UPDATE pg_class SET reltuples = $1 WHERE relname = 'live_jobs'", float(reltuples))
    async with engine.pool.acquire() as connection:
        await connection.execute("DISCARD PLANS")
        for name, (arguments, allowed) in HOT.items():
            nodes = await explained(connection, query(name), *arguments)
            found = ways(nodes)
            assert found, name
            assert found <= allowed, f"{name} goes by {found} at reltuples {reltuples}, analyzed {analyzed}"
            assert read_whole(nodes) <= SMALL, name
        for name, arguments in BESIDE.items():
            assert read_whole(await explained(connection, query(name), *arguments)) <= SMALL, name


HISTORY = """
INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, owner_id, lane, worker_id, run,
  priority, state, attempt, max_attempts, budget, crashes, notify, id, kind, payload)
SELECT at, at, at, now(), $4::bigint, $1 + n % $2, 1, 1, 1, 1,
  CASE WHEN $5 = 0 THEN CASE WHEN n % 20 = 0 THEN 6 ELSE 5 END ELSE $5 END, 1, 5, 5, 0, false,
  id_at(at, $5 * 10000000 + n), 'demo.echo', '{}'
FROM generate_series(1, $3) n, LATERAL (SELECT now() - ($3 - n) * interval '1 ms' AS at) a"""
"""$1 the first of $2 owners, $3 jobs, a millisecond apart, $4 by which transaction, $5 how they ended (0: mixed)."""

WAITING = """
INSERT INTO live_jobs (place, run_at, owner_id, lane, id, kind, payload, priority)
SELECT at, at, 1000 + n % 1000, 1, id_at(at, 90000000 + n), 'demo.echo', '{}', n % 3
FROM generate_series(1, 100000) n, LATERAL (SELECT now() - (100000 - n) * interval '1 ms' AS at) a"""

AROUND = """
INSERT INTO followed (job_id, owner_id) SELECT id_at(now(), n), 1000 + n % 1000 FROM generate_series(1, 100000) n;
INSERT INTO follows (job_id, follower) SELECT job_id, id_at(now(), 1) FROM followed;
INSERT INTO idempotency_keys (owner_id, key, digest, answer)
SELECT 1000 + n % 1000, n::text, 'x', 'y' FROM generate_series(1, 100000) n;
INSERT INTO job_stats (owner_id, minute, kind, completed, waits, runs)
SELECT owner, date_trunc('minute', now()) - n * interval '1 min', 'demo.echo', 1, h, h
FROM generate_series(0, 200) owner, generate_series(0, 1000) n, stats_histogram(NULL) h;
ANALYZE followed, follows, idempotency_keys, job_stats"""


@pytest.fixture
async def old_yard(engine: Engine) -> Engine:
    """A million finished jobs of a thousand owners, 100,000 waiting ones, and 5,000 of each end of ours."""
    async with engine.pool.acquire() as connection:
        await connection.execute("SET enable_seqscan = on; SET enable_hashjoin = on; SET synchronous_commit = off")
        await connection.execute("""
            CREATE FUNCTION id_at(at timestamptz, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
              overlay(first_id(at)::text PLACING lpad(to_hex(n), 12, '0') FROM 25)::uuid""")
        await connection.execute(HISTORY, 1000, 1000, 1_000_000, 1, 0, timeout=300)
        await connection.execute(WAITING, timeout=300)
        for state in (5, 6, 7):
            await connection.execute(HISTORY, engine.viewer.key, 1, 5_000, 2, state)
        await connection.execute(AROUND, timeout=300)
        await connection.execute("ANALYZE finished_jobs; ANALYZE users; ANALYZE lanes", timeout=300)
        await connection.execute(query("summarize"), timeout=300)  # as the leader does every 5 s
        await connection.execute("RESET ALL")  # back to the engine's settings
    return engine


PLANS = ("force_custom_plan", "force_generic_plan")
"""Readers may meet either: PostgreSQL goes from one to the other by itself, after five times."""


def blocks(nodes: list[dict[str, Any]]) -> int:
    """8 KiB blocks that the whole statement touched."""
    return nodes[0]["Shared Hit Blocks"] + nodes[0]["Shared Read Blocks"]


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_million_finished_jobs_cost_claims_and_pages_nothing(old_yard: Engine) -> None:
    """Bounds are in blocks touched, not in time: 500 claims, and pages of 50."""
    engine = old_yard
    async with engine.pool.acquire() as connection:
        claim = await explained(connection, query("claim"), 1, 500, 1, KINDS, *BOTTOM, *BOTTOM, *BOTTOM, analyze=True)
    assert ways(claim) <= {"live_claim", "tid"}
    assert blocks(claim) < 500 * 12
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    owner = engine.viewer.key
    last_in_line = await engine.submit(priority=Priority.LOW)
    reads: dict[str, tuple[str, list[Any], int]] = {
        "list": ("page_newest", _listing(owner, JobFilter()), 1_000),
        "failed": ("page_newest", _listing(owner, JobFilter(states=(JobState.FAILED,))), 1_000),
        "oldest": ("page_oldest", _listing(owner, JobFilter()), 1_000),
        "one that few meet": ("page_newest", _listing(owner, JobFilter(tags=("rare",))), 6_000),
        "a text": ("page_newest", _listing(owner, JobFilter(text="rare")), 6_000),
        "an id": ("page_newest", _listing(owner, JobFilter(text=str(UUID(int=0x01 << 120)))), 300),
        "bulk": ("bulk_page", _listing(owner, JobFilter(states=(JobState.FAILED,))), 1_000),
        "next": ("page_next", [owner, *conditions(JobFilter()), -1, 0, hour_ago, ID, 51], 1_000),
        "counts": ("counts", [owner, 100_001], 12_000),
        "counts of some": ("counts_filtered", _listing(owner, JobFilter(tags=("rare",)))[:-1], 6_000),
        "errors": ("error_groups", [owner, *conditions(JobFilter()), *id_range(JobFilter()), 2_000], 6_000),
        "detail": ("get", [ID, owner], 200),
        "attempts": ("attempts", [ID, owner], 200),
        "story": ("story", [ID, owner], 200),
        "notes": ("notes", [ID, owner, hour_ago, 1_000], 200),
        "logs": ("logs", [ID, owner, hour_ago, 0, 0, 51], 200),
        "numbers": ("stats_counts", [owner, 60.0, 3_600.0], 200),
        "times": ("stats_times", [owner, hour_ago, 60.0], 200),
        "why": ("why", [last_in_line, owner, 20.0, 20_000], 45_000),
        "depth": ("queue_depths", [["default"], 100_000], 120_000),
        "key": ("kept_answer", [owner, "7"], 100),
        "standing": ("standing", [[ID] * 100, owner], 4_000),
        "template": ("template", [ID, owner], 200),
        "fresh": ("stats_fresh", [owner, hour_ago, 60.0, 100_000, 60.0], 25_000),
        "numbers of all": ("stats_counts", [0, 60.0, 3_600.0], 200),
        "replay": ("replay", [[owner], 3, hour_ago, 100, 3, UUID(int=0), []], 500),
        "unseen": ("replay", [[owner], 9, hour_ago, 100, 3, UUID(int=0), [3, 7]], 500),
        "unseen of all": ("replay_all", [9, hour_ago, 100, 3, UUID(int=0), [3, 7]], 500),
    }
    readers = engine.store._readers  # pyright: ignore[reportPrivateUsage]
    async with readers.acquire() as connection:
        for plans in PLANS:
            await connection.execute(f"SET plan_cache_mode = {plans}")
            for name, (statement, arguments, most) in reads.items():
                nodes = await explained(connection, query(statement), *arguments, analyze=True)
                scanned = {node.get("Relation Name") for node in nodes if _is_whole(node)}
                assert not scanned, f"{name} reads all of {scanned}, {plans}"
                assert blocks(nodes) < most, f"{name} touches {blocks(nodes)} blocks, {plans}"
        await connection.execute("RESET plan_cache_mode")
    page = await engine.store.page(engine.viewer, JobFilter(states=(JobState.FAILED,)), None, 50)
    assert len(page.items) == 50


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_an_administrators_pages_read_a_stretch_of_history(old_yard: Engine) -> None:
    """Everybody's jobs have no index by id in history: bounds in blocks touched, and in looks for a stretch."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    failed = JobFilter(states=(JobState.FAILED,))
    readers = old_yard.store._readers  # pyright: ignore[reportPrivateUsage]
    reads: dict[str, tuple[str, JobFilter, bool]] = {
        "list": ("page_newest", JobFilter(), False),
        "failed": ("page_newest", failed, False),
        "oldest": ("page_oldest", JobFilter(), True),
        "one that few meet": ("page_newest", JobFilter(tags=("rare",)), False),
        "of a time": ("page_newest", JobFilter(created_before=hour_ago + timedelta(minutes=59)), False),
        "counts of some": ("counts_filtered", JobFilter(tags=("rare",)), False),
        "errors": ("error_groups", failed, False),
    }
    async with readers.acquire() as connection:
        for name, (statement, job_filter, upward) in reads.items():
            stretch = Counted(connection, *id_range(job_filter), sides(job_filter), upward=upward)
            ids = await stretch.find(2_000)
            assert stretch.looks < 25, name
            assert 2_000 <= await stretch.count(ids) <= 2 * (8 * 2_000 + 1), name
            tail = {"page_newest": [*sides(job_filter), 2_000, 51], "error_groups": [2_000]}
            arguments = [*conditions(job_filter), *ids, *tail.get(statement, [*sides(job_filter), 2_000, 51])]
            if statement == "counts_filtered":
                del arguments[-1]
            await connection.execute("SET plan_cache_mode = force_custom_plan")
            nodes = await explained(connection, query(statement, everyone=True), None, *arguments, analyze=True)
            assert blocks(nodes) < 8_000, f"{name} touches {blocks(nodes)} blocks"
        await connection.execute("RESET plan_cache_mode")
        turn = [*conditions(JobFilter()), -1, 0, BEGINNING, ID, 51, 2_000]
        nodes = await explained(connection, query("page_line"), None, *turn, analyze=True)
        assert not read_whole(nodes) & {"live_jobs"}
        assert blocks(nodes) < 12_000
        nodes = await explained(connection, query("counts_everyone"), 100_001, 200_001, analyze=True)
        assert blocks(nodes) < 60_000


async def test_an_administrators_pages_are_planned_for_their_values(engine: Engine) -> None:
    """However often they were read: the plan for any values does not know how short the stretch is."""
    failed = JobFilter(states=(JobState.FAILED,))
    async with Pool(engine.url, READER_SETTINGS, 1) as readers:
        async with readers.acquire() as connection:
            await connection.execute("SET plan_cache_mode = force_generic_plan")  # as it becomes by itself
        store = PostgresJobStore(engine.pool, readers, engine.nudges)
        await store.page(engine.viewer, JobFilter(), None, 50, everyone=True)
        await store.page(engine.viewer, failed, None, 50, oldest_first=True, everyone=True)
        await store.counts(engine.viewer, failed, everyone=True)
        await store.error_groups(engine.viewer, failed, everyone=True)
        named = {
            name: query(name, everyone=True)
            for name in ("page_newest", "page_oldest", "counts_filtered", "error_groups")
        }
        async with readers.acquire() as connection:
            rows = await connection.fetch("SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements")
    plans = {row["statement"]: (row["generic_plans"], row["custom_plans"]) for row in rows}
    assert {name: plans[statement] for name, statement in named.items()} == dict.fromkeys(named, (0, 1))


class Counted(Stretch):
    """A stretch whose looks are counted."""

    looks = 0

    async def count(self, ids: tuple[UUID, UUID]) -> int:
        """How many jobs it has."""
        return await self._connection.fetchval(query("rows_between"), *ids, 1_000_000, *self._sides)

    async def _count(self, place: int, enough: int) -> int:
        self.looks += 1
        return await super()._count(place, enough)


def _listing(owner: int, job_filter: JobFilter) -> list[Any]:
    return [owner, *conditions(job_filter), *id_range(job_filter), *sides(job_filter), 2_000, 51]


def _is_whole(node: dict[str, Any]) -> bool:
    """Whether a large table was read from beginning to end."""
    is_big = node.get("Relation Name", "").startswith(("live_jobs", "finished_")) and node["Actual Rows"] > 0
    return node["Node Type"] == "Seq Scan" and is_big
