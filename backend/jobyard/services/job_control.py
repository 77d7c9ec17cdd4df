"""What a viewer does with jobs that are there: edit, cancel, retry, discard. One function, one decision."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from jobyard.domain.errors import Conflict, Invalid, NotFound
from jobyard.domain.job import Job, JobEdit, JobState, Verb, can
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.ports import JobStore
from jobyard.services.job_request import edit_problems


@dataclass(frozen=True, slots=True)
class JobControl:
    """The decisions, with what they need from outside."""

    store: JobStore
    limits: Limits = field(default_factory=Limits)

    async def edit(self, viewer: Viewer, job_id: UUID, edit: JobEdit, now: datetime) -> Job:
        """Change a job that waits. Raises NotFound, Invalid, or Conflict for one that runs or has ended."""
        before = await self._own(viewer, job_id)
        wrong = edit_problems(edit, now=now, limits=self.limits)
        if wrong:
            raise Invalid(wrong)
        tags = None if edit.tags is None else tuple(dict.fromkeys(edit.tags))
        if not await self.store.edit(viewer, job_id, replace(edit, tags=tags)):
            after = await self._own(viewer, job_id)
            blamed = before if before.state is JobState.RUNNING or before.state.is_finished else after
            raise Conflict(f"A {blamed.state} job cannot be edited.")
        return await self._own(viewer, job_id)

    async def discard(self, viewer: Viewer, job_id: UUID) -> None:
        """Forget a finished job. Raises NotFound, or Conflict for an unfinished one."""
        job = await self._own(viewer, job_id)
        if not await self.store.discard(viewer, job_id):
            job = await self._own(viewer, job_id)
            if job.state.is_finished:
                raise Conflict("Other jobs wait for this one, and are just being let go.", retry_after_seconds=1)
            raise Conflict(f"A {job.state} job cannot be deleted: cancel it first.")

    async def cancel(self, viewer: Viewer, job_id: UUID) -> Job:
        """Cancel a waiting job, ask a running one to stop. Raises NotFound, or Conflict for a finished one."""
        await self._own(viewer, job_id)
        changed = await self.store.cancel(viewer, [job_id])
        job = await self._own(viewer, job_id)
        if not changed and not job.cancel_requested:
            raise Conflict(f"A {job.state} job cannot be cancelled.")
        return job

    async def retry(self, viewer: Viewer, job_id: UUID) -> Job:
        """Bring a job back, or run it now. Raises NotFound, or Conflict for its state or a unique key that is taken."""
        before = await self._own(viewer, job_id)
        if not await self.store.retry(viewer, job_id):
            now = await self._own(viewer, job_id)
            blamed = before if not can(before.state, Verb.RETRY) else now
            if blamed.state is JobState.SCHEDULED and blamed.after:
                raise Conflict("A job that waits for other jobs cannot be retried.")
            raise Conflict(f"A {blamed.state} job cannot be retried.")
        return await self._own(viewer, job_id)

    async def _own(self, viewer: Viewer, job_id: UUID) -> Job:
        job = await self.store.get(viewer, job_id)
        if job is None:
            raise NotFound(f"You have no job {job_id}.")
        return job
