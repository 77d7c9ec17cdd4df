"""What happened to one job of a viewer: the parts of its timeline, and its log lines."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from jobyard.domain.job import JobState
from jobyard.domain.timeline import SYSTEM, Doer, DoerKind, JobStory, Note, TimelineType
from jobyard.domain.user import Viewer
from jobyard.ports import LogLevel, LogLine, LogPlace
from jobyard.postgres import records
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

MOST_NOTES = 1_000
SINCE = timedelta(minutes=1)
"""A line's time is the database's less how long it waited: one of a job's first may lie a little before it."""

LEVELS: tuple[LogLevel, ...] = tuple(LogLevel)


class _StoredActor(msgspec.Struct):
    kind: str
    id: str | None = None
    name: str | None = None


_decode_actor = msgspec.json.Decoder(_StoredActor).decode
_decode_detail = msgspec.json.Decoder(dict[str, Any]).decode


class PostgresJobHistory:
    """The JobHistory of ports/, on a pool of readers."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers

    async def story(self, viewer: Viewer, job_id: UUID) -> JobStory | None:
        """What the timeline of a job is put together from."""
        async with database(), self._readers.acquire() as connection:
            row = await connection.fetchrow(query("story"), job_id, viewer.key)
            if row is None:
                return None
            notes = await connection.fetch(query("notes"), job_id, viewer.key, row["created_at"], MOST_NOTES)
        owner = Doer(DoerKind.USER, str(row["owner_uuid"]), row["owner_name"])
        return JobStory(
            job_id=job_id,
            state=JobState.from_code(row["state_code"]),
            run=row["run"],
            attempt=row["attempt"],
            created_at=row["created_at"],
            finished_at=row["finished_at"],
            submitter=_submitter(row, owner),
            runs=records.attempts(row),
            notes=[_note(note, owner) for note in notes],
        )

    async def logs(self, viewer: Viewer, job_id: UUID, after: LogPlace, limit: int) -> list[LogLine] | None:
        """Up to `limit` lines after a place, run by run."""
        async with database(), self._readers.acquire() as connection:
            submitted_at: datetime | None = await connection.fetchval(
                "SELECT created_at FROM jobs WHERE id = $1 AND owner_id = $2 LIMIT 1", job_id, viewer.key
            )
            if submitted_at is None:
                return None
            rows = await connection.fetch(query("logs"), job_id, viewer.key, submitted_at - SINCE, *after, limit)
        return [
            LogLine(
                LogPlace(row["run"], row["number"]),
                row["at"],
                LEVELS[int(row["level"])],
                row["message"],
                row["attempt"],
            )
            for row in rows
        ]


def _submitter(row: Mapping[str, Any], owner: Doer) -> Doer:
    return owner if row["schedule_id"] is None else Doer(DoerKind.SCHEDULE, str(row["schedule_id"]))


def _note(row: Mapping[str, Any], owner: Doer) -> Note:
    return Note(
        number=row["id"],
        at=row["at"],
        type=TimelineType(row["type"]),
        doer=_doer(row, owner),
        run=row["run"],
        attempt=row["attempt"],
        detail={} if row["detail"] is None else _decode_detail(row["detail"]),
    )


def _doer(row: Mapping[str, Any], owner: Doer) -> Doer:
    if row["actor"] is None:
        return SYSTEM if row["worker"] is None else Doer(DoerKind.WORKER, None, row["worker"])
    stored = _decode_actor(row["actor"])
    if stored.kind == DoerKind.USER and stored.id == owner.id:
        return owner
    try:
        kind = DoerKind(stored.kind)
    except ValueError:  # one that a newer release knows
        kind = DoerKind.SYSTEM
    return Doer(kind, stored.id, stored.name)
