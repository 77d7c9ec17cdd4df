"""Changes of many jobs by hand, and those that outlive the call."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from jobyard.domain.operation import BulkVerb, Operation
from jobyard.domain.user import Viewer
from jobyard.ports.reading import JobFilter


@dataclass(frozen=True, slots=True)
class MatchingIds:
    """Jobs that a filter names, newest first, and the id to go on below (None: that was all)."""

    ids: list[UUID]
    next_before: UUID | None


class JobChanges(Protocol):
    """What is done by hand, each in the jobs' timelines with who did it."""

    async def matching(self, viewer: Viewer, job_filter: JobFilter, before: UUID | None, limit: int) -> MatchingIds:
        """The next of the viewer's jobs that a filter names: 2,000 rows are read at most."""
        ...

    async def change(self, viewer: Viewer, verb: BulkVerb, job_ids: Sequence[UUID]) -> set[UUID]:
        """Do it to those of these that are the viewer's and whose state allows it. Returns them.

        A job whose unique key an unfinished one has is not retried.
        """
        ...


class Operations(Protocol):
    """Changes of many that the leader goes on with."""

    async def start(self, viewer: Viewer, verb: BulkVerb, job_filter: JobFilter) -> Operation:
        """A new one, durable. It is for the jobs that are there now. Raises TooMany."""
        ...

    async def get(self, viewer: Viewer, operation_id: UUID) -> Operation | None:
        """The viewer's, or None."""
        ...

    async def cancel(self, viewer: Viewer, operation_id: UUID) -> bool:
        """Stop it after the batch that is under way. False: it has ended, or is not the viewer's."""
        ...

    async def step(self) -> bool:
        """Go on with one, a batch in a transaction. False: there is none."""
        ...
