"""Lists, counts and groups of a viewer's jobs, or of everybody's. A page reads 2,000 rows at most, but for `next`."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jobyard.domain.job import FINISHED, JobState
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.ports import ErrorGroup, JobCounts, JobFilter, JobPage, LinePage, MatchingIds, PlaceInLine
from jobyard.postgres import records
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.id_stretch import Sides, Stretch
from jobyard.postgres.id_times import highest_id, lowest_id
from jobyard.postgres.queries import query

ALL_STATES = [state.code for state in JobState]
COUNTED_A_STATE = 100_000
COUNTED_UNFINISHED = 200_000
"""Of everybody's: as many as one user may have by default."""

FAILED_SIDE: Sides = (False, [JobState.FAILED.code, JobState.CANCELLED.code])

BEGINNING_OF_ID = re.compile(r"01[0-9a-f]{6}(-[0-9a-f-]+|[0-9a-f]+)")
"""A text that is taken for the beginning of an id and nothing else (those of our time begin with 01): it finds its job
however many there are."""


class PostgresJobLists:
    """The JobLists of ports/, on a pool of readers."""

    def __init__(self, readers: Pool, limits: Limits) -> None:
        self._readers = readers
        self._limits = limits

    async def page(
        self,
        viewer: Viewer,
        job_filter: JobFilter,
        before: UUID | None,
        limit: int,
        *,
        oldest_first: bool = False,
        everyone: bool = False,
    ) -> JobPage:
        """A page of jobs, newest first: those below `before`; or oldest first, and those above it."""
        low, high = asked = _narrowed(id_range(job_filter), before, upward=oldest_first)
        read = max(self._limits.scanned_rows, 1)
        statement = query("page_oldest" if oldest_first else "page_newest", everyone=everyone)
        async with database(), self._readers.acquire() as connection:
            if everyone:
                stretch = Stretch(connection, low, high, sides(job_filter), upward=oldest_first)
                low, high = await stretch.find(read)
            arguments = [*conditions(job_filter), low, high, *sides(job_filter), read, limit + 1]
            rows = await _rows(connection, statement, None if everyone else viewer.key, *arguments)
        items = [records.job(row) for row in rows if row["matches"]]
        if len(items) > limit:
            return JobPage(items[:limit], items[limit - 1].id)
        if rows and rows[-1]["number"] >= read:
            return JobPage(items, rows[-1]["id"])
        if (low, high) != asked:  # some of what was counted has gone meanwhile
            return JobPage(items, high if oldest_first else low)
        return JobPage(items, None)

    async def matching(self, viewer: Viewer, job_filter: JobFilter, before: UUID | None, limit: int) -> MatchingIds:
        """The next of the viewer's jobs that a filter names: 2,000 rows are read at most."""
        async with database(), self._readers.acquire() as connection:
            return await matching(connection, viewer.key, job_filter, before, limit, self._limits.scanned_rows)

    async def line(
        self,
        viewer: Viewer,
        job_filter: JobFilter,
        after: PlaceInLine | None,
        limit: int,
        *,
        everyone: bool = False,
    ) -> LinePage:
        """A page of waiting jobs, in the order in which they will run.

        An owner's are sorted; of an owner with many, where a page's worth is among the next 2,000 of all lines, these
        are read instead: a shorter page would tell how many others stand there.
        """
        read = self._limits.scanned_rows
        place = after or PlaceInLine(-1, 0, records.BEGINNING, records.NIL)
        arguments = [None if everyone else viewer.key, *conditions(job_filter), *place, limit + 1]
        async with database(), self._readers.acquire() as connection:
            if everyone:
                rows = await connection.fetch(query("page_line"), *arguments, read)
                return _line_page(rows, limit, goes_on=bool(rows) and rows[-1]["scanned"] == read)
            if job_filter.is_empty and await connection.fetchval(query("waiting"), viewer.key, read + 1) > read:
                rows = await connection.fetch(query("page_line"), *arguments, read)
                if len(rows) > limit:
                    return _line_page(rows, limit, goes_on=False)
            return _line_page(await connection.fetch(query("page_next"), *arguments), limit, goes_on=False)

    async def counts(self, viewer: Viewer, job_filter: JobFilter, *, everyone: bool = False) -> JobCounts:
        """Exact to 100,000 a state unfiltered; with a filter 2,000 rows are examined.

        Failed and cancelled jobs are read together: from 200,001 of both on, the fewer of the two are a lower bound.
        """
        counts = dict.fromkeys(JobState, 0)
        async with database(), self._readers.acquire() as connection:
            if not job_filter.is_empty:
                rows, capped = await self._filtered(connection, viewer, job_filter, everyone=everyone)
            elif everyone:
                most = COUNTED_UNFINISHED + 1
                rows = await connection.fetch(query("counts_everyone"), COUNTED_A_STATE + 1, most)
                unfinished = sum(row["jobs"] for row in rows if JobState.from_code(row["state"]) not in FINISHED)
                capped = unfinished == most or any(row["jobs"] > COUNTED_A_STATE for row in rows)
            else:
                rows = await connection.fetch(query("counts"), viewer.key, COUNTED_A_STATE + 1)
                capped = any(row["jobs"] > COUNTED_A_STATE for row in rows)
        for row in rows:
            if row["state"] is not None:
                counts[JobState.from_code(row["state"])] += min(row["jobs"], COUNTED_A_STATE)
        return JobCounts(counts, capped)

    async def _filtered(
        self, connection: Connection, viewer: Viewer, job_filter: JobFilter, *, everyone: bool
    ) -> tuple[Sequence[Any], bool]:
        read = self._limits.scanned_rows
        low, high = asked = id_range(job_filter)
        if everyone:
            low, high = await Stretch(connection, low, high, sides(job_filter), upward=False).find(read)
        arguments = [*conditions(job_filter), low, high, *sides(job_filter), read]
        statement = query("counts_filtered", everyone=everyone)
        rows = await _rows(connection, statement, None if everyone else viewer.key, *arguments)
        return rows, rows[0]["scanned"] == read or (low, high) != asked

    async def error_groups(
        self, viewer: Viewer, job_filter: JobFilter, *, everyone: bool = False
    ) -> Sequence[ErrorGroup]:
        """The newest 2,000 failed jobs, those of the filter among them, in groups, largest first."""
        low, high = id_range(job_filter)
        read = self._limits.scanned_rows
        async with database(), self._readers.acquire() as connection:
            if everyone:
                low, high = await Stretch(connection, low, high, FAILED_SIDE, upward=False).find(read)
            arguments = [*conditions(job_filter), low, high, read]
            statement = query("error_groups", everyone=everyone)
            rows = await _rows(connection, statement, None if everyone else viewer.key, *arguments)
        return [ErrorGroup(**row) for row in rows]


async def _rows(connection: Connection, statement: str, owner: int | None, *arguments: Any) -> Sequence[Any]:
    """Everybody's (no owner) are read by a plan for these very values.

    PostgreSQL's plan for any values, which it may take after five times, does not know how few jobs lie between the two
    ids that were looked for: it read twice as many blocks.
    """
    if owner is not None:
        return await connection.fetch(statement, owner, *arguments)
    async with connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        return await connection.fetch(statement, None, *arguments)


async def matching(
    connection: Connection, owner: int, job_filter: JobFilter, before: UUID | None, limit: int, read: int
) -> MatchingIds:
    """The next of an owner's jobs that a filter names, newest first."""
    low, high = _narrowed(id_range(job_filter), before, upward=False)
    arguments = [owner, *conditions(job_filter), low, high, *sides(job_filter), read, limit + 1]
    rows = await connection.fetch(query("bulk_page"), *arguments)
    ids = [row["id"] for row in rows if row["matches"]]
    if len(ids) > limit:
        return MatchingIds(ids[:limit], ids[limit - 1])
    return MatchingIds(ids, None if not rows or rows[-1]["number"] < read else rows[-1]["id"])


def conditions(job_filter: JobFilter) -> list[Any]:
    """What parts/matches.sql compares with, in its order."""
    text = job_filter.text
    return [
        [state.code for state in job_filter.states] or ALL_STATES,
        [priority.code for priority in job_filter.priorities] or None,
        list(job_filter.kinds) or None,
        list(job_filter.queues) or None,
        list(job_filter.tags) or None,
        list(job_filter.batches) or None,
        list(job_filter.schedules) or None,
        job_filter.created_after,
        job_filter.created_before,
        None if text is None or _ids_with(text) else text,
        list(job_filter.fingerprints) or None,
    ]


def sides(job_filter: JobFilter) -> Sides:
    """Whether unfinished jobs are to be read, and of which sides of history, by the states that lie there."""
    wanted = set(job_filter.states or ((JobState.FAILED,) if job_filter.fingerprints else JobState))
    good = {JobState.COMPLETED} & wanted
    bad = {JobState.FAILED, JobState.CANCELLED} if wanted & {JobState.FAILED, JobState.CANCELLED} else set[JobState]()
    return bool(wanted - FINISHED), [state.code for state in sorted(good | bad)]


def id_range(job_filter: JobFilter) -> tuple[UUID, UUID]:
    """Between which ids the jobs lie: an id tells when it was made."""
    low, high = records.NIL, records.GREATEST
    if job_filter.created_after is not None:
        low = lowest_id(job_filter.created_after)
    if job_filter.created_before is not None:
        high = highest_id(job_filter.created_before)
    of_text = _ids_with(job_filter.text) if job_filter.text is not None else None
    return (max(low, of_text[0]), min(high, of_text[1])) if of_text else (low, high)


def _narrowed(ids: tuple[UUID, UUID], before: UUID | None, *, upward: bool) -> tuple[UUID, UUID]:
    low, high = ids
    if before is None:
        return ids
    return (max(low, before), high) if upward else (low, min(high, before))


def _line_page(rows: Sequence[Any], limit: int, *, goes_on: bool) -> LinePage:
    """`goes_on`: there may be more after the last row, whether it is shown or not."""
    matching_rows = [row for row in rows if row["matches"]]
    items = [records.job(row) for row in matching_rows[:limit]]
    if len(matching_rows) > limit:
        return LinePage(items, _place(matching_rows[limit - 1]))
    return LinePage(items, _place(rows[-1]) if goes_on else None)


def _place(row: Any) -> PlaceInLine:
    return PlaceInLine(row["phase"], row["rank"], row["at"], row["id"])


def _ids_with(text: str) -> tuple[UUID, UUID] | None:
    """Between which ids those lie that begin with a text, or None where it is no beginning of an id."""
    digits = text.replace("-", "")
    if BEGINNING_OF_ID.fullmatch(text) is None or len(digits) > 32:
        return None
    smallest = int(digits.ljust(32, "0"), 16)
    greatest = int(digits.ljust(32, "f"), 16)
    return UUID(int=max(smallest - 1, 0)), UUID(int=min(greatest + 1, records.GREATEST.int))
