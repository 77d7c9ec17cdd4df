"""The viewer's side of jobs: what a signed-in user asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from jobyard.domain.job import Attempt, Job, JobState, NewJob, Priority
from jobyard.domain.user import Viewer


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list or a count is narrowed to. An empty tuple does not narrow."""

    states: tuple[JobState, ...] = ()
    priorities: tuple[Priority, ...] = ()
    kinds: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows."""
        return self == JobFilter()


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, newest first, and the id to go on below (None: that was all).

    A page may hold fewer jobs than asked for, or none, and still not be the last: a filter reads 2,000 rows at most.
    """

    items: list[Job]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs in each state; `capped` says that some are lower bounds."""

    by_state: dict[JobState, int]
    capped: bool


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one `NewJob`: stored, or, with a `twin`, left out for an unfinished job with its unique key."""

    id: UUID
    twin: UUID | None = None


class JobStore(Protocol):
    """Jobs as their owners see and change them: every method with a viewer answers for the viewer's own jobs alone.

    Where a job is not there or not the viewer's, the answer is None: the two are not told apart.
    """

    async def lane_of(self, queue: str) -> int | None:
        """The lane of the server's kinds in this queue, or None where there is no such queue."""
        ...

    async def kinds_alive(self) -> dict[str, int]:
        """How many live workers serve each kind; one that nobody serves is not there."""
        ...

    async def submit(self, jobs: Sequence[NewJob]) -> list[Submitted]:
        """Store all or none, durably, and wake who may run them. Twins are left out and say so.

        Raises TooMany where an owner would have more waiting jobs than the limit, Unavailable without a database, and
        Conflict, with nothing stored, where a job with `reject_twin` has a twin.
        """
        ...

    async def get(self, viewer: Viewer, job_id: UUID) -> Job | None:
        """One job with payload and result."""
        ...

    async def get_many(self, owners: Sequence[int], job_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Job]]:
        """Jobs of these owners without payload and result, with the owner's number, for the live socket."""
        ...

    async def page(self, viewer: Viewer, job_filter: JobFilter, before: UUID | None, limit: int) -> JobPage:
        """A page of jobs, newest first, without payload and result."""
        ...

    async def counts(self, viewer: Viewer, job_filter: JobFilter) -> JobCounts:
        """Exact to 100,000 a state unfiltered; with a filter 2,000 rows are examined."""
        ...

    async def attempts(self, viewer: Viewer, job_id: UUID) -> list[Attempt] | None:
        """One per run, oldest first, also the one under way."""
        ...

    async def cancel(self, viewer: Viewer, job_ids: Sequence[UUID]) -> list[UUID]:
        """Cancel what waits, ask what runs to stop. Returns the ids that were changed or asked."""
        ...

    async def retry(self, viewer: Viewer, job_id: UUID) -> bool:
        """Bring a failed or cancelled job back, or run a retrying or scheduled one now. False: its state forbids it.

        Raises Conflict where an unfinished job has its unique key.
        """
        ...
