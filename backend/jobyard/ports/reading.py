"""Lists and counts of jobs, and what they are narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from jobyard.domain.job import Job, JobState, Priority
from jobyard.domain.user import Viewer


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list, a count or a change of many is narrowed to. An empty tuple, or None, does not narrow."""

    states: tuple[JobState, ...] = ()
    priorities: tuple[Priority, ...] = ()
    kinds: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    batches: tuple[UUID, ...] = ()
    schedules: tuple[UUID, ...] = ()
    fingerprints: tuple[str, ...] = ()
    """Of failures: only failed jobs have one."""
    created_after: datetime | None = None
    """At this time or after it."""
    created_before: datetime | None = None
    text: str | None = None
    """In lower case: the beginning of an id, or part of a kind, a tag or the last error's message."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows."""
        return self == JobFilter()


class ListOrder(StrEnum):
    """In which order a list is."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NEXT = "next"
    """That in which waiting jobs will run: no other is in such a list."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, and the id to go on from (None: that was all).

    A page may hold fewer jobs than asked for, or none, and still not be the last: a filter reads 2,000 rows at most.
    """

    items: list[Job]
    next_before: UUID | None


class PlaceInLine(NamedTuple):
    """After which of the waiting jobs a list goes on. What the first two mean is storage's own affair."""

    phase: int
    rank: int
    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class LinePage:
    """Some waiting jobs in the order in which they will run, and the place to go on after (None: that was all)."""

    items: list[Job]
    next_after: PlaceInLine | None


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs in each state; `capped` says that some are lower bounds."""

    by_state: dict[JobState, int]
    capped: bool


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Failed jobs whose kind, type of error and message, but for numbers and ids, are the same."""

    fingerprint: str
    kind: str
    type: str
    message: str
    """Of the newest."""
    count: int
    first_seen: datetime
    last_seen: datetime
    sample_job_id: UUID


class JobLists(Protocol):
    """A viewer's jobs, many at a time, without payloads and results; `everyone`, for administrators: everybody's."""

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
        ...

    async def line(
        self, viewer: Viewer, job_filter: JobFilter, after: PlaceInLine | None, limit: int, *, everyone: bool = False
    ) -> LinePage:
        """A page of waiting jobs, in the order in which they will run.

        Everybody's has none of those that nobody knows the time of; it may hold fewer than asked for, as a JobPage.
        """
        ...

    async def counts(self, viewer: Viewer, job_filter: JobFilter, *, everyone: bool = False) -> JobCounts:
        """Exact to 100,000 a state unfiltered; with a filter 2,000 rows are examined.

        Of everybody's unfinished jobs 200,000 are counted.
        """
        ...

    async def error_groups(
        self, viewer: Viewer, job_filter: JobFilter, *, everyone: bool = False
    ) -> Sequence[ErrorGroup]:
        """The newest 2,000 failed jobs, those of the filter among them, in groups, largest first."""
        ...
