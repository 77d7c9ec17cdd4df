"""Lets go of jobs that waited for the end of others, and submits what comes at the end of a batch.

Why it looks for itself, and is not told by whatever ends a job: docs/decisions/0012-following.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from jobyard.domain.events import EventType, JobChanged
from jobyard.domain.job import JobState
from jobyard.observability import JOBS_SUBMITTED
from jobyard.ports import Claimable, LookedAt, Nudges
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.new_rows import store_plain, store_unique
from jobyard.postgres.orders import StoredEnd
from jobyard.postgres.placed import Placed
from jobyard.postgres.queries import query
from jobyard.postgres.records import NIL

log = structlog.get_logger()

FOLLOWERS_A_STEP = 1_000
FOLLOWERS_LOCK = 0x6A79_0002
"""Advisory lock: two steps side by side would each see the other's follow, and neither let the follower go."""

_decode_end = msgspec.json.Decoder(StoredEnd).decode


@dataclass(slots=True)
class _Told:
    """What a step did, to be told of once it is committed."""

    claimable: list[Claimable] = field(default_factory=list[Claimable])
    changes: list[JobChanged] = field(default_factory=list[JobChanged])
    ended: set[int] = field(default_factory=set[int])
    kinds: list[str] = field(default_factory=list[str])


class PostgresFollowers:
    """The Followers of ports/, on a pool with the engine's settings."""

    def __init__(self, engine: Pool, nudges: Nudges) -> None:
        self._engine = engine
        self._nudges = nudges

    async def is_anybody(self) -> bool:
        """Whether any job is waited for."""
        async with database(), self._engine.acquire() as connection:
            return await connection.fetchval("SELECT EXISTS (SELECT FROM followed)")

    async def look(self, after: UUID | None, limit: int) -> LookedAt:
        """Look at up to `limit` jobs that others wait for, by id, above `after`."""
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(query("followers_ended"), after or NIL, limit)
        return LookedAt(row["ended"], row["reached"], row["number"])

    async def look_of(self, owners: Sequence[int], limit: int) -> LookedAt:
        """The same for some owners' jobs, in no order."""
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(query("followers_ended_of"), owners, limit)
        return LookedAt(row["ended"], row["reached"], row["number"])

    async def settle(self, ended: Sequence[UUID]) -> bool:
        """Let go of, or cancel, those who waited for these. False: another one is at it: try again soon."""
        if not ended:
            return True
        more = True
        while more:
            try:
                taken = await self._step(ended)
            except (asyncpg.PostgresError, msgspec.MsgspecError) as error:
                return await self._settle_each(ended, error)
            if taken is None:
                return False
            more = taken == FOLLOWERS_A_STEP
        return True

    async def _settle_each(self, ended: Sequence[UUID], error: Exception) -> bool:
        """One follower that the database refuses holds up nobody else's."""
        if len(ended) > 1:
            return all([await self.settle([job_id]) for job_id in ended])
        log.error("followers of a job could not be let go", job_id=str(ended[0]), exc_info=error)
        return True

    async def _step(self, ended: Sequence[UUID]) -> int | None:
        """Settle up to 1,000 followers in one transaction. How many, or None where another one is at it."""
        told = _Told()
        async with database(), self._engine.acquire() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", FOLLOWERS_LOCK):
                return None
            rows = await connection.fetch(query("take_follows"), ended, FOLLOWERS_A_STEP)
            follows = [row for row in rows if row["follower"] is not None]
            await connection.execute(query("drop_followed"), [row["job_id"] for row in rows if row["follower"] is None])
            followers = list(dict.fromkeys(row["follower"] for row in follows))
            bad = {row["follower"]: row["job_id"] for row in follows if row["state"] != JobState.COMPLETED.code}
            whose = list({row["owner_id"] for row in follows})
            await _cancel(connection, bad, whose, told)
            await _let_go(connection, followers, whose, told)
            await _end_batches(connection, followers, told)
        self._tell(told)
        return len(follows)

    def _tell(self, told: _Told) -> None:
        self._nudges.changed(told.changes)
        self._nudges.work(told.claimable)
        if told.ended:
            self._nudges.finished(told.ended)
        for kind in told.kinds:
            JOBS_SUBMITTED.labels(kind).inc()


async def _cancel(connection: Connection, bad: dict[UUID, UUID], whose: list[int], told: _Told) -> None:
    """Cancel those who do not run after a failure. `bad`: follower → the job that did not complete."""
    if not bad:
        return
    owners: defaultdict[int, list[UUID]] = defaultdict(list)
    for row in await connection.fetch(query("doomed"), list(bad), list(bad.values()), whose):
        owners[row["owner_id"]].append(row["id"])
    for owner, ids in owners.items():
        await connection.execute(query("cancel"), ids, owner)
        told.ended.add(owner)


async def _let_go(connection: Connection, followers: list[UUID], whose: list[int], told: _Told) -> None:
    for row in await connection.fetch(query("let_go"), followers, whose):
        due = row["place"] is not None
        event = EventType.PENDING if due else EventType.SCHEDULED
        told.changes.append(JobChanged(row["owner_id"], row["id"], event))
        if due:
            told.claimable.append(Claimable(row["lane"], row["priority"], row["place"]))


async def _end_batches(connection: Connection, followers: list[UUID], told: _Told) -> None:
    """Submit the jobs at the end of batches. An unfinished twin of one stands for it."""
    rows = await connection.fetch(query("end_batches"), followers)
    placed = [_placed(row, await connection.fetchval("SELECT now()")) for row in rows if row["has_owner"]]
    if not placed:
        return
    plain = [one for one in placed if one.job.unique_key is None]
    unique = [one for one in placed if one.job.unique_key is not None]
    at = await store_plain(connection, plain) if plain else await connection.fetchval("SELECT now()")
    left_out = await store_unique(connection, unique) if unique else set[UUID]()
    _note_new([one for one in placed if one.job.id not in left_out], at, told)


def _placed(row: Any, now: datetime) -> Placed:
    end = _decode_end(row["on_complete"])
    run_at = now + timedelta(seconds=end.delay_seconds) if end.delay_seconds else end.job.run_at
    return Placed(replace(end.job, run_at=run_at), end.lane)


def _note_new(new: Iterable[Placed], at: datetime, told: _Told) -> None:
    for one in new:
        told.changes.append(JobChanged(one.job.owner, one.job.id, EventType.CREATED))
        told.kinds.append(one.job.kind)
        if one.job.run_at is None or one.job.run_at <= at:
            told.claimable.append(Claimable(one.lane, one.job.priority.code, at))
