"""Jobs as their owners see and change them. Ownership is a parameter of every query, never an `if` after it."""

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from jobyard.domain.events import EventType, JobChanged
from jobyard.domain.job import Attempt, Job, JobEdit, JobState, JobTemplate
from jobyard.domain.limits import Limits
from jobyard.domain.secrets import SecretFields
from jobyard.domain.user import Viewer
from jobyard.ports import Claimable, Nudges
from jobyard.postgres import records
from jobyard.postgres.bulk_changes import PostgresJobChanges
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.followers import PostgresFollowers
from jobyard.postgres.job_lists import PostgresJobLists
from jobyard.postgres.job_submits import PostgresJobSubmits
from jobyard.postgres.queries import query

log = structlog.get_logger(__name__)

DEFAULT_LEASE_SECONDS = 20.0


class PostgresJobStore(PostgresJobLists, PostgresJobSubmits, PostgresJobChanges):
    """The JobStore of ports/. `engine` and `readers` are pools with the settings of connections.py."""

    def __init__(
        self,
        engine: Pool,
        readers: Pool,
        nudges: Nudges,
        limits: Limits | None = None,
        *,
        lease_seconds: float = DEFAULT_LEASE_SECONDS,
        secrets: Callable[[str], SecretFields | None] = lambda _: None,
    ) -> None:
        PostgresJobLists.__init__(self, readers, limits or Limits())
        PostgresJobSubmits.__init__(self, engine, readers, nudges, limits or Limits())
        PostgresJobChanges.__init__(self, engine, nudges)
        self._lease_seconds = lease_seconds
        self._secrets = secrets
        self._followers = PostgresFollowers(engine, nudges)

    async def get(self, viewer: Viewer, job_id: UUID, *, reveal: bool = False) -> Job | None:
        """One job with payload and result; secret fields of the payload are `***`, but with `reveal`."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("get"), job_id, viewer.key)
        if row is None:
            return None
        secret = None if reveal else self._secrets(row["kind"])
        return records.job(row, whole=True, secret=secret)

    async def get_many(self, owners: Sequence[int], job_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Job]]:
        """Jobs by id, each asked for with its owner (the two sequences go together). What can't be read is left out."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("get_many"), job_ids, owners)
        jobs: dict[UUID, tuple[int, Job]] = {}
        for row in rows:
            try:
                jobs[row["id"]] = (row["owner_id"], records.job(row))
            except Exception:  # one odd row must not keep from everybody what else there is
                log.exception("the row of a job cannot be read", job_id=str(row["id"]))
        return jobs

    async def attempts(self, viewer: Viewer, job_id: UUID) -> list[Attempt] | None:
        """One per run, oldest first, also the one under way."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("attempts"), job_id, viewer.key)
        return None if row is None else records.attempts(row)

    async def standing(self, viewer: Viewer, job_ids: Sequence[UUID]) -> dict[UUID, JobState]:
        """The states of those of these jobs that are the viewer's."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("standing"), job_ids, viewer.key)
        return {row["id"]: JobState.from_code(row["state_code"]) for row in rows}

    async def template(self, viewer: Viewer, job_id: UUID) -> JobTemplate | None:
        """What a copy of the job begins with."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("template"), job_id, viewer.key)
        return None if row is None else records.template(row)

    async def edit(self, viewer: Viewer, job_id: UUID, edit: JobEdit) -> bool:
        """Change a job that waits, and write it into its timeline. False: its state forbids it."""
        priority = None if edit.priority is None else edit.priority.code
        tags = None if edit.tags is None else list(edit.tags)
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(
                query("edit"),
                job_id,
                viewer.key,
                priority,
                edit.run_at,
                edit.max_attempts,
                tags,
                records.actor_json(viewer),
            )
        if row is None:
            return False
        self._nudges.changed([JobChanged(viewer.key, job_id, EVENT_OF[JobState.from_code(row["state_code"])])])
        if row["place"] is not None:
            self._nudges.work([Claimable(row["lane"], row["priority"], row["place"])])
        return True

    async def discard(self, viewer: Viewer, job_id: UUID) -> bool:
        """Forget a finished job and its timeline. False: its state forbids it."""
        for last in (False, True):
            async with database(), self._engine.acquire() as connection:
                if await connection.fetchval(query("discard"), job_id, viewer.key) is not None:
                    return True
            if not last:  # others may have waited for it, and not been let go yet
                await self._followers.settle([job_id])
        return False

    async def settle(self, job_ids: Sequence[UUID]) -> None:
        """Let go of, or cancel, those who waited for these jobs, as far as they have ended."""
        await self._followers.settle(job_ids)

    async def kinds_alive(self) -> dict[str, int]:
        """How many live workers serve each kind."""
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("kinds_alive"), self._lease_seconds)
        return {row["kind"]: row["workers"] for row in rows}


EVENT_OF = {
    JobState.SCHEDULED: EventType.SCHEDULED,
    JobState.PENDING: EventType.PENDING,
    JobState.RETRYING: EventType.RETRYING,
}
"""What is told of a job that was changed while it waits."""
