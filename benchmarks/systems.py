"""Who is measured, how each was set, and how to see in its tables what became of its jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class System:
    """One job queue. Its adapter is adapters/NAME.py, or node/NAME.mjs where `is_node`."""

    name: str
    title: str
    settings: str
    """How it was set, for the document; {concurrency} stands for that number."""
    concurrency: int
    jobs: int
    """That it drains: about two seconds' worth on the machine of engine.md."""
    unfinished: str
    """SQL: how many jobs have not finished."""
    finished: str | None
    """SQL: how many have, or None where finished jobs are not kept."""
    history: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict[str, Mapping[str, str | None]])
    """Tables of finished jobs: the last row of each is copied, but for the columns named here. None: its default."""
    package: str = ""
    """Whose version is told."""
    is_node: bool = False
    least_python: tuple[int, int] = (3, 11)
    pinned: bool = False
    """Quick enough that a minute under a pinned snapshot says something."""

    def described(self, concurrency: int) -> str:
        """How it was set."""
        return self.settings.format(concurrency=concurrency)


def _uuid(number: int) -> str:
    """SQL of an id that grows with the row's number `g`, another for each `number`."""
    return f"('{number}' || lpad(to_hex(g), 31, '0'))::uuid"


OURS = System(
    name="jobyard",
    title="Jobyard",
    settings="the product's defaults; bulk: calls of 1,000 jobs, the largest that the API takes",
    concurrency=0,
    jobs=100_000,
    unfinished="SELECT count(*) FROM live_jobs",
    finished="SELECT count(*) FROM finished_jobs",
    history={"finished_jobs": {"id": "uuidv7()", "owner_id": "1 + g % 100"}},
    package="jobyard",
    pinned=True,
)

_PEERS = (
    System(
        name="pgqueuer",
        title="PgQueuer",
        settings="batch_size={concurrency}, asyncpg pool 10–20, else its defaults; bulk: enqueue() of 5,000",
        concurrency=1000,
        jobs=40_000,
        unfinished="SELECT count(*) FROM pgqueuer",
        finished="SELECT count(DISTINCT job_id) FROM pgqueuer_log WHERE status = 'successful'",
        history={"pgqueuer_log": {"id": None, "job_id": "10000000 + g"}},
        package="pgqueuer",
        pinned=True,
    ),
    System(
        name="graphile",
        title="graphile-worker",
        settings="concurrentJobs={concurrency}, localQueue 1,000, batched completions; bulk: addJobs() of 1,000",
        concurrency=100,
        jobs=60_000,
        unfinished="SELECT count(*) FROM graphile_worker._private_jobs",
        finished=None,
        package="graphile-worker",
        is_node=True,
        pinned=True,
    ),
    System(
        name="awa",
        title="Awa",
        settings="queue concurrency {concurrency}, 20 connections, poll 200 ms; bulk: enqueue_many_copy() of 5,000",
        concurrency=500,
        jobs=20_000,
        # Not the view awa.jobs: a count over it had not ended after 30 s at 40,000 jobs.
        unfinished="SELECT (SELECT count(*) FROM awa.ready_entries) + (SELECT count(*) FROM awa.deferred_jobs)"
        " - (SELECT coalesce(sum(completed_count), 0)::bigint FROM awa.receipt_completion_batches)"
        " - (SELECT count(*) FROM awa.done_entries)",
        finished="SELECT (SELECT coalesce(sum(completed_count), 0)::bigint FROM awa.receipt_completion_batches)"
        " + (SELECT count(*) FROM awa.done_entries)",
        package="awa-pg",
        pinned=True,
    ),
    System(
        name="absurd",
        title="Absurd",
        settings="concurrency and batch_size {concurrency}, 10 connections; no bulk call: 10 callers",
        concurrency=100,
        jobs=2_000,
        unfinished="SELECT count(*) FROM absurd.t_default WHERE state IN ('pending', 'running', 'sleeping')",
        finished="SELECT count(*) FROM absurd.t_default WHERE state = 'completed'",
        history={
            "absurd.t_default": {"task_id": _uuid(1), "last_attempt_run": _uuid(2)},
            "absurd.r_default": {"task_id": _uuid(1), "run_id": _uuid(2)},
        },
        package="absurd-sdk",
    ),
    System(
        name="procrastinate",
        title="Procrastinate",
        settings="concurrency={concurrency}, psycopg pool 4–20; bulk: batch_defer_async() of 1,000",
        concurrency=20,
        jobs=1_500,
        unfinished="SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')",
        finished="SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'",
        history={"procrastinate_jobs": {"id": None}},
        package="procrastinate",
    ),
    System(
        name="saq",
        title="SAQ",
        settings="PostgresQueue, concurrency={concurrency}, else its defaults; no bulk call: 10 callers",
        concurrency=100,
        jobs=1_500,
        unfinished="SELECT count(*) FROM saq_jobs WHERE status IN ('new', 'queued', 'active')",
        finished="SELECT count(*) FROM saq_jobs WHERE status = 'complete'",
        history={"saq_jobs": {"key": "'h' || g", "expire_at": "NULL"}},  # or it may sweep them away amid the measure
        package="saq",
    ),
    System(
        name="oban",
        title="Oban for Python",
        settings="queue of {concurrency}, psycopg pool 4–20, else its defaults; bulk: enqueue_many() of 1,000",
        concurrency=500,
        jobs=8_000,
        unfinished="SELECT count(*) FROM oban_jobs WHERE state NOT IN ('completed', 'discarded', 'cancelled')",
        finished="SELECT count(*) FROM oban_jobs WHERE state = 'completed'",
        history={"oban_jobs": {"id": None}},
        package="oban",
        least_python=(3, 12),
        pinned=True,
    ),
)

PEERS = {system.name: system for system in _PEERS}
SYSTEMS = {OURS.name: OURS, **PEERS}
