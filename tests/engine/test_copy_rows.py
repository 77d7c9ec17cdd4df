"""COPY's rows against the same jobs by INSERT: what is stored is the same, column for column."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobyard.domain.job import Backoff, BackoffStrategy, JobOptions, NewJob, Notify, Priority
from jobyard.postgres.new_rows import COPY_FROM, store_plain
from jobyard.postgres.placed import Placed
from tests.engine.conftest import Engine

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
OPTIONS = st.builds(
    JobOptions,
    st.integers(1, 100),
    st.floats(0.1, 86_400),
    st.builds(Backoff, st.sampled_from(BackoffStrategy), st.floats(0, 60), st.floats(60, 3600)),
)
PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
JOBS = st.builds(
    NewJob,
    id=st.uuids(),
    owner=st.just(1),
    kind=st.sampled_from(["demo.echo", "demo.sleep"]),
    payload=PAYLOADS,
    priority=st.sampled_from(Priority),
    run_at=st.none() | st.sampled_from([datetime(2020, 1, 1, 12, 30, 0, 7, UTC), datetime(2090, 6, 1, tzinfo=UTC)]),
    options=st.just(JobOptions()) | OPTIONS,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    batch_id=st.none() | st.uuids(),
    notify=st.integers(0, 7).map(Notify),
)
ROWS = """
SELECT owner_id, lane, priority, run_at - now() AS run_at, place - now() AS place, wait, kind, payload, max_attempts,
  budget, options, tags, batch_id, notify, notify_bad, worker_id, run, attempt, crashes
FROM live_jobs JOIN unnest($1::uuid[]) WITH ORDINALITY u (id, n) USING (id) ORDER BY n"""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(jobs=st.lists(JOBS, min_size=1, max_size=8, unique_by=lambda job: job.id))
async def test_copy_stores_what_insert_stores(engine: Engine, jobs: list[NewJob]) -> None:
    """Both within one transaction, so that "now" is the same; the rows are repeated until COPY is chosen."""
    places = [Placed(job, 1) for job in jobs]
    more = [replace(job, id=UUID(int=n + 1)) for job in jobs for n in [job.id.int ^ (1 << 90)]]
    many = [Placed(job, 1) for job in more] + [
        Placed(replace(jobs[-1], id=UUID(int=n + 1), tags=("filling",)), 1) for n in range(COPY_FROM)
    ]
    async with engine.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await store_plain(connection, places)
            await store_plain(connection, many)
            assert await _rows(connection, [job.id for job in jobs]) == await _rows(connection, [j.id for j in more])
        finally:
            await transaction.rollback()


async def test_rows_of_different_jobs_do_not_run_into_one_another(engine: Engine) -> None:
    """The rest of a row is kept for the next one where nothing differs: here everything does, once each."""
    first = NewJob(UUID(int=1), engine.viewer.key, "demo.echo", {"n": 0})
    changes: list[dict[str, Any]] = [
        {"kind": "demo.sleep"},
        {"priority": Priority.HIGH},
        {"run_at": datetime.now(UTC) + timedelta(hours=1)},
        {"options": JobOptions(7)},
        {"tags": ("a", "b")},
        {"batch_id": UUID(int=9)},
        {"notify": Notify.FAILED},
    ]
    jobs = [replace(first, id=UUID(int=n + 1), **changes[n % 7] if n % 2 else {}) for n in range(3 * COPY_FROM)]
    async with engine.pool.acquire() as connection:
        await store_plain(connection, [Placed(job, 1) for job in jobs])
        rows = await connection.fetch("SELECT *, run_at > now() AS later FROM live_jobs ORDER BY id")
    assert [row["id"] for row in rows] == [job.id for job in jobs]
    for job, row in zip(jobs, rows, strict=True):
        assert (row["kind"], row["priority"], row["later"]) == (job.kind, job.priority.code, job.run_at is not None)
        assert (row["max_attempts"], tuple(row["tags"] or ())) == (job.options.max_attempts, job.tags)
        assert (row["batch_id"], row["place"] is None) == (job.batch_id, job.run_at is not None)


async def _rows(connection: Any, ids: list[UUID]) -> list[tuple[Any, ...]]:
    rows = await connection.fetch(ROWS, ids)
    return [tuple(row) for row in rows]
