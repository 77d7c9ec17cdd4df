"""The viewer's side of jobs: what a signed-in user asks for."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from jobyard.domain.job import Attempt, Job, JobEdit, JobState, JobTemplate, NewJob
from jobyard.domain.user import Viewer
from jobyard.ports.bulk import JobChanges
from jobyard.ports.reading import JobLists
from jobyard.ports.submits import KeptAnswer, Order, Stored, Submitted


class JobStore(JobLists, JobChanges, Protocol):
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

    async def submit_together(self, order: Order) -> Stored | KeptAnswer:
        """Store an order in one transaction, and wake who may run it. With a key that was used: the answer then.

        As `submit`; and Conflict where another call with the same key goes on for more than 2 s.
        """
        ...

    async def kept_answer(self, owner: int, key: str) -> KeptAnswer | None:
        """The first answer under an Idempotency-Key, for 24 h."""
        ...

    async def standing(self, viewer: Viewer, job_ids: Sequence[UUID]) -> dict[UUID, JobState]:
        """The states of those of these jobs that are the viewer's."""
        ...

    async def template(self, viewer: Viewer, job_id: UUID) -> JobTemplate | None:
        """What a copy of the job begins with."""
        ...

    async def get(self, viewer: Viewer, job_id: UUID, *, reveal: bool = False) -> Job | None:
        """One job with payload and result; secret fields of the payload are `***`, but with `reveal`."""
        ...

    async def get_many(self, owners: Sequence[int], job_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Job]]:
        """Jobs of these owners without payload and result, with the owner's number, for the live socket.

        One whose row cannot be read is left out: it must not keep from everybody what else there is.
        """
        ...

    async def attempts(self, viewer: Viewer, job_id: UUID) -> list[Attempt] | None:
        """One per run, oldest first, also the one under way."""
        ...

    async def cancel(self, viewer: Viewer, job_ids: Sequence[UUID]) -> list[UUID]:
        """Cancel what waits, ask what runs to stop. Returns the ids that were changed or asked."""
        ...

    async def retry(self, viewer: Viewer, job_id: UUID) -> bool:
        """Bring a failed or cancelled job back, or run a retrying or scheduled one now. False: its state forbids it.

        Raises Conflict where an unfinished job has its unique key, or its attempts can be counted no further.
        """
        ...

    async def edit(self, viewer: Viewer, job_id: UUID, edit: JobEdit) -> bool:
        """Change a job that waits, and write it into its timeline. False: its state forbids it."""
        ...

    async def discard(self, viewer: Viewer, job_id: UUID) -> bool:
        """Forget a finished job and its timeline. False: its state forbids it."""
        ...

    async def settle(self, job_ids: Sequence[UUID]) -> None:
        """Let go of, or cancel, those who waited for these jobs, as far as they have ended."""
        ...
