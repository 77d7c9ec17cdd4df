"""Jobs as their owners see and change them. Ownership is a parameter of every query, never an `if` after it."""

import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from jobyard.domain.errors import Conflict, FieldError, Invalid, TooMany, Unavailable
from jobyard.domain.events import EventType, JobChanged
from jobyard.domain.job import FINISHED, Attempt, Job, JobState, NewJob
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.observability import JOBS_SUBMITTED
from jobyard.ports import Claimable, JobCounts, JobFilter, JobPage, Nudges, Submitted
from jobyard.postgres import records
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.new_rows import Placed, TwinRefusedError
from jobyard.postgres.queries import query
from jobyard.postgres.submitter import Stored, Submitter

ALL_STATES = [state.code for state in JobState]
COUNTED_A_STATE = 100_000
TWIN_ROUNDS = 3
CANCEL_ROUNDS = 3
DEFAULT_LEASE_SECONDS = 20.0
CACHED_OWNERS = 10_000
WAITING_CACHE_SECONDS = 30.0


class PostgresJobStore:
    """The JobStore of ports/. `engine` and `readers` are pools with the settings of connections.py."""

    def __init__(
        self,
        engine: Pool,
        readers: Pool,
        nudges: Nudges,
        limits: Limits | None = None,
        *,
        lease_seconds: float = DEFAULT_LEASE_SECONDS,
    ) -> None:
        self._engine = engine
        self._readers = readers
        self._nudges = nudges
        self._limits = limits or Limits()
        self._lease_seconds = lease_seconds
        self._submitter = Submitter(engine)
        self._lanes: dict[str, int] = {}
        self._waiting: OrderedDict[int, tuple[float, int]] = OrderedDict()

    async def lane_of(self, queue: str) -> int | None:
        """The lane of the server's kinds in this queue, or None where there is no such queue."""
        if queue not in self._lanes:
            async with database(), self._readers.acquire() as connection:
                lane = await connection.fetchval("SELECT id FROM lanes WHERE queue = $1 AND owner_id IS NULL", queue)
            if lane is None:
                return None
            self._lanes[queue] = lane  # a lane's number never changes
        return self._lanes[queue]

    async def submit(self, jobs: Sequence[NewJob]) -> list[Submitted]:
        """Store all or none, durably; then wake who may run them."""
        lanes = {queue: await self._known_lane(queue) for queue in {job.queue for job in jobs}}
        placed = [Placed(job, lanes[job.queue]) for job in jobs]
        for owner, number in Counter(job.owner for job in jobs).items():
            await self._check_waiting(owner, number)
        twins = dict[UUID, UUID]()
        for _ in range(TWIN_ROUNDS):
            stored = await self._store(placed)
            placed = [one for one in placed if one.job.id in stored.left_out]
            twins |= await self._twins([one.job for one in placed])
            placed = [one for one in placed if one.job.id not in twins]  # its twin has ended meanwhile: once more
            if not placed:
                return [Submitted(job.id, twins.get(job.id)) for job in jobs]
        raise Conflict(f"jobs with the unique key {placed[0].job.unique_key!r} come and go: submit again")

    async def _store(self, placed: Sequence[Placed]) -> Stored:
        try:
            async with database():
                stored = await self._submitter.submit(placed)
        except TwinRefusedError as error:
            raise Conflict(f"an unfinished job has the unique key {error.args[0]!r}; nothing was stored") from error
        self._tell(placed, stored)
        return stored

    def _tell(self, placed: Sequence[Placed], stored: Stored) -> None:
        """Wake who may run them, and tell who watches."""
        new = [one for one in placed if one.job.id not in stored.left_out]
        due = {one.lane for one in new if one.job.run_at is None or one.job.run_at <= stored.at}
        self._nudges.work(Claimable(lane, None, stored.at) for lane in due)
        self._nudges.changed(JobChanged(one.job.owner, one.job.id, EventType.CREATED) for one in new)
        for kind, number in Counter(one.job.kind for one in new).items():
            JOBS_SUBMITTED.labels(kind).inc(number)

    async def _known_lane(self, queue: str) -> int:
        lane = await self.lane_of(queue)
        if lane is None:
            raise Invalid([FieldError("/queue", f"there is no queue {queue!r}")])
        return lane

    async def _check_waiting(self, owner: int, more: int) -> None:
        """Hold the limit of waiting jobs a user. The count is read at most every 30 s, and again before a refusal."""
        read_at, count = self._waiting.get(owner, (float("-inf"), 0))
        limit = self._limits.waiting_jobs
        if time.monotonic() - read_at > WAITING_CACHE_SECONDS or count + more > limit:
            async with database(), self._readers.acquire() as connection:
                count = await connection.fetchval(query("waiting"), owner, limit)
            read_at = time.monotonic()
        if count + more > limit:
            raise TooMany(f"{count} jobs wait already, and {more} more would pass the limit of {limit}", 60)
        self._waiting[owner] = (read_at, count + more)
        self._waiting.move_to_end(owner)
        while len(self._waiting) > CACHED_OWNERS:
            self._waiting.popitem(last=False)

    async def _twins(self, jobs: Sequence[NewJob]) -> dict[UUID, UUID]:
        """The unfinished job that has the unique key of each, where there still is one."""
        if not jobs:
            return {}
        async with database(), self._engine.acquire() as connection:
            rows = await connection.fetch(query("twins"), [job.owner for job in jobs], [job.unique_key for job in jobs])
        by_key = {(row["owner_id"], row["unique_key"]): row["id"] for row in rows}
        return {job.id: twin for job in jobs if (twin := by_key.get((job.owner, job.unique_key))) is not None}

    async def get(self, viewer: Viewer, job_id: UUID) -> Job | None:
        """One job with payload and result."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("get"), job_id, viewer.key)
        return None if row is None else records.job(row, whole=True)

    async def get_many(self, owners: Sequence[int], job_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Job]]:
        """Jobs by id, each asked for with its owner (the two sequences go together)."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("get_many"), job_ids, owners)
        return {row["id"]: (row["owner_id"], records.job(row)) for row in rows}

    async def page(self, viewer: Viewer, job_filter: JobFilter, before: UUID | None, limit: int) -> JobPage:
        """A page of jobs, newest first."""
        narrows = bool(job_filter.priorities or job_filter.kinds or job_filter.queues or job_filter.tags) or any(
            state not in FINISHED for state in job_filter.states
        )
        read = self._limits.scanned_rows if narrows else limit + 1
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(
                query("page"),
                viewer.key,
                before or records.GREATEST,
                _states(job_filter),
                read,
                limit,
                *_narrow(job_filter),
            )
        items = [records.job(row) for row in rows if row["id"] is not None]
        scanned, reached = rows[0]["scanned"], rows[0]["reached"]
        if len(items) == limit and scanned > limit:
            return JobPage(items, items[-1].id)
        return JobPage(items, reached if scanned == read else None)

    async def counts(self, viewer: Viewer, job_filter: JobFilter) -> JobCounts:
        """Exact to 100,000 a state unfiltered; with a filter 2,000 rows are examined."""
        counts = dict.fromkeys(JobState, 0)
        async with database(), self._readers.acquire() as connection:
            if job_filter.is_empty:
                rows = await connection.fetch(query("counts"), viewer.key, COUNTED_A_STATE + 1)
                capped = any(row["jobs"] > COUNTED_A_STATE for row in rows)
            else:
                read = self._limits.scanned_rows
                rows = await connection.fetch(
                    query("counts_filtered"), viewer.key, _states(job_filter), read, *_narrow(job_filter)
                )
                capped = rows[0]["scanned"] == read
        for row in rows:
            if row["state"] is not None:
                counts[JobState.from_code(row["state"])] += min(row["jobs"], COUNTED_A_STATE)
        return JobCounts(counts, capped)

    async def attempts(self, viewer: Viewer, job_id: UUID) -> list[Attempt] | None:
        """One per run, oldest first, also the one under way."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("attempts"), job_id, viewer.key)
        return None if row is None else records.attempts(row)

    async def cancel(self, viewer: Viewer, job_ids: Sequence[UUID]) -> list[UUID]:
        """Cancel what waits, ask what runs to stop. Returns the ids that were changed or asked.

        One statement after the other, in rounds: a job may be claimed, or released, between them; and a worker that
        records these jobs takes their rows in another order, so that PostgreSQL may end a statement for a deadlock.
        """
        rest, done, asked = set(job_ids), list[UUID](), list[Any]()
        async with database(), self._engine.acquire() as connection:
            for left in reversed(range(CANCEL_ROUNDS)):
                try:
                    ended = [row["id"] for row in await connection.fetch(query("cancel"), list(rest), viewer.key)]
                    rest -= set(ended)
                    done += ended
                    running: list[Any] = []
                    if rest:
                        running = await connection.fetch(query("cancel_ask"), list(rest), viewer.key)
                except asyncpg.DeadlockDetectedError as error:
                    if not left:
                        raise Unavailable("the jobs are being changed just now", retry_after_seconds=1) from error
                    continue
                rest -= {row["id"] for row in running}
                asked += running
                if not rest:
                    break
        self._nudges.changed(JobChanged(viewer.key, row["id"], EventType.CANCEL_REQUESTED) for row in asked)
        for row in asked:
            self._nudges.cancel(row["worker_id"], row["id"], row["run"])
        if done:
            self._nudges.finished([viewer.key])
        return [*done, *(row["id"] for row in asked)]

    async def retry(self, viewer: Viewer, job_id: UUID) -> bool:
        """Bring a failed or cancelled job back, or run a waiting one now. False: its state forbids it."""
        async with database(), self._engine.acquire() as connection:
            try:
                claimable = await _retry(connection, job_id, viewer.key)
            except asyncpg.UniqueViolationError as error:
                raise Conflict("an unfinished job has the unique key of this one") from error
        if claimable is None:
            return False
        self._nudges.changed([JobChanged(viewer.key, job_id, EventType.PENDING)])
        self._nudges.work([claimable])
        return True

    async def kinds_alive(self) -> dict[str, int]:
        """How many live workers serve each kind."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("kinds_alive"), self._lease_seconds)
        return {row["kind"]: row["workers"] for row in rows}


async def _retry(connection: Connection, job_id: UUID, owner: int) -> Claimable | None:
    for name in ("retry_finished", "retry_now"):
        row = await connection.fetchrow(query(name), job_id, owner)
        if row is not None:
            return Claimable(row["lane"], row["priority"], row["place"])
    return None


def _states(job_filter: JobFilter) -> list[int]:
    return [state.code for state in job_filter.states] or ALL_STATES


def _narrow(job_filter: JobFilter) -> list[list[Any] | None]:
    return [
        [priority.code for priority in job_filter.priorities] or None,
        list(job_filter.kinds) or None,
        list(job_filter.queues) or None,
        list(job_filter.tags) or None,
    ]
