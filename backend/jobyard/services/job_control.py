"""What a viewer does with jobs: submit, cancel, retry. One function, one decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from jobyard.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, TooLarge
from jobyard.domain.job import Job, NewJob, Verb, can
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.ports import JobStore
from jobyard.services.job_request import JobRequest, SubmittableKind, is_name, new_job, problems


class Kinds(Protocol):
    """The kinds that this server has (handlers/registry.py)."""

    def get(self, name: str) -> SubmittableKind | None: ...


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the submitter should know, though nothing is wrong with the job."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SubmittedJob:
    """The job that a submit ended in; `created` is False where an unfinished twin stands for it."""

    job: Job
    created: bool
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulk:
    """How many jobs a call for many changed, and how many it left alone: not there, or in a state that forbids it."""

    changed: int
    skipped: int


class ServedKinds:
    """Which kinds have a live worker. A good answer is remembered for a second: a submit must not cost a query more."""

    REMEMBER_SECONDS = 1.0

    def __init__(self, store: JobStore, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._monotonic = monotonic
        self._read_at = float("-inf")
        self._served: frozenset[str] = frozenset()

    async def has(self, kind: str) -> bool:
        """Whether a live worker serves this kind."""
        if kind not in self._served or self._monotonic() - self._read_at > self.REMEMBER_SECONDS:
            self._served = frozenset(await self._store.kinds_alive())
            self._read_at = self._monotonic()
        return kind in self._served


@dataclass(frozen=True, slots=True)
class JobControl:
    """The decisions, with what they need from outside. `new_id` makes UUIDv7s."""

    store: JobStore
    kinds: Kinds
    served: ServedKinds
    new_id: Callable[[], UUID]
    limits: Limits = field(default_factory=Limits)

    async def submit(self, viewer: Viewer, request: JobRequest, now: datetime) -> SubmittedJob:
        """Store one job. Raises Invalid, Forbidden, TooMany, or Conflict for a twin that is to be rejected."""
        (job,) = await self._prepare(viewer, [request], now, at=lambda _: "")
        (stored,) = await self.store.submit([job])
        if stored.twin is None:
            return SubmittedJob(await self._own(viewer, job.id), created=True, warnings=await self._warnings(job.kind))
        return SubmittedJob(await self._own(viewer, stored.twin), created=False)

    async def submit_batch(
        self, viewer: Viewer, requests: Sequence[JobRequest], now: datetime
    ) -> tuple[UUID, list[UUID]]:
        """Store all or none. Returns the batch's id and each job's, in order: a twin's, where one stands for it."""
        if not 1 <= len(requests) <= self.limits.batch_jobs:
            raise Invalid([FieldError("/jobs", f"must be from 1 to {self.limits.batch_jobs}, not {len(requests)}")])
        jobs = await self._prepare(viewer, requests, now, at=lambda index: f"/jobs/{index}")
        _check_sizes(jobs, self.limits.job_body_bytes)
        batch_id = self.new_id()
        stored = await self.store.submit([replace(job, batch_id=batch_id) for job in jobs])
        return batch_id, [one.twin or one.id for one in stored]

    async def cancel(self, viewer: Viewer, job_id: UUID) -> Job:
        """Cancel a waiting job, ask a running one to stop. Raises NotFound, or Conflict for a finished one."""
        await self._own(viewer, job_id)
        changed = await self.store.cancel(viewer, [job_id])
        job = await self._own(viewer, job_id)
        if not changed and not job.cancel_requested:
            raise Conflict(f"A {job.state} job cannot be cancelled.")
        return job

    async def cancel_many(self, viewer: Viewer, job_ids: Sequence[UUID]) -> Bulk:
        """Cancel those of these that can be."""
        wanted = list(dict.fromkeys(job_ids))
        changed = await self.store.cancel(viewer, wanted)
        return Bulk(len(changed), len(wanted) - len(changed))

    async def retry(self, viewer: Viewer, job_id: UUID) -> Job:
        """Bring a job back, or run it now. Raises NotFound, or Conflict for its state or a unique key that is taken."""
        before = await self._own(viewer, job_id)
        if not await self.store.retry(viewer, job_id):
            now = await self._own(viewer, job_id)
            blamed = before if not can(before.state, Verb.RETRY) else now
            raise Conflict(f"A {blamed.state} job cannot be retried.")
        return await self._own(viewer, job_id)

    async def retry_many(self, viewer: Viewer, job_ids: Sequence[UUID]) -> Bulk:
        """Retry those of these that can be."""
        wanted = list(dict.fromkeys(job_ids))
        changed = 0
        for job_id in wanted:
            try:
                changed += await self.store.retry(viewer, job_id)
            except Conflict:
                continue  # its unique key is taken: it stays as it is, like one whose state forbids it
        return Bulk(changed, len(wanted) - changed)

    async def _own(self, viewer: Viewer, job_id: UUID) -> Job:
        job = await self.store.get(viewer, job_id)
        if job is None:
            raise NotFound(f"You have no job {job_id}.")
        return job

    async def _prepare(
        self, viewer: Viewer, requests: Sequence[JobRequest], now: datetime, at: Callable[[int], str]
    ) -> list[NewJob]:
        queues = await self._queues({request.queue for request in requests})
        found: list[FieldError] = []
        jobs: list[NewJob] = []
        for index, request in enumerate(requests):
            kind = self.kinds.get(request.kind)
            wrong = problems(request, kind, queues, now=now, limits=self.limits)
            found += [FieldError(at(index) + error.pointer, error.message) for error in wrong]
            if kind is not None and not wrong:
                jobs.append(new_job(request, kind, owner=viewer.key, job_id=self.new_id(), now=now))
            if len(found) >= Invalid.MOST:
                break
        if found:
            raise Invalid(found)
        for name in {request.kind for request in requests}:
            check_audience(viewer, self.kinds.get(name))
        return jobs

    async def _queues(self, names: set[str]) -> frozenset[str]:
        return frozenset([name for name in names if is_name(name) and await self.store.lane_of(name) is not None])

    async def _warnings(self, kind: str) -> tuple[Warned, ...]:
        if await self.served.has(kind):
            return ()
        message = f"No live worker runs jobs of kind {kind}: this one waits until one does."
        return (Warned("no_worker_for_kind", message),)


def check_audience(viewer: Viewer, kind: SubmittableKind | None) -> None:
    """Raise Forbidden where a kind is not for this viewer."""
    if kind is None or viewer.is_admin or kind.audience == "everyone":
        return
    if kind.audience == "verified" and viewer.email_verified:
        return
    who = "administrators" if kind.audience == "admins" else "users whose email address is verified"
    raise Forbidden(f"Jobs of kind {kind.name} are for {who} on this server.")


def _check_sizes(jobs: Sequence[NewJob], most: int) -> None:
    """Hold each job of a batch to one job's limit; a single one's body was held to it before it was decoded."""
    for index, job in enumerate(jobs):
        size = len(msgspec.json.encode(job.payload))
        if size > most:
            raise TooLarge(f"/jobs/{index}/payload must have at most {most} bytes, has {size}.")
