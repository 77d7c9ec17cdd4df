"""What a viewer submits: a job, a batch, a copy. All of it is checked before anything is stored.

With an Idempotency-Key the first answer is written down in the transaction that stores the jobs, and answered again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import msgspec

from jobyard.domain.errors import FieldError, Forbidden, Invalid, NotFound, TooLarge
from jobyard.domain.job import Job, JobState, JobTemplate, NewJob
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.ports import BatchEnd, JobStore, KeptAnswer, Once, Order, Submitted
from jobyard.services.job_request import (
    BackoffWish,
    JobRequest,
    OnConflict,
    SubmittableKind,
    Surroundings,
    is_name,
    new_job,
    problems,
)
from jobyard.services.notifications import Wishes
from jobyard.services.served_kinds import ServedKinds
from jobyard.services.waiting_reason import Reason, no_worker

KEY_FIELD = "Idempotency-Key"


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
class SubmittedBatch:
    """A batch's id and each job's, in order: a twin's, where one stands for it."""

    batch_id: UUID
    ids: list[UUID]


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """An Idempotency-Key: `digest` is of the call and its canonical body, `encode` writes the answer down."""

    key: str
    digest: bytes
    encode: Callable[[SubmittedJob | SubmittedBatch], bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it was written down. `replayed`: for an earlier call. `job_id` of a job that was made just now."""

    body: bytes
    replayed: bool
    job_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class JobSubmits:
    """The decisions, with what they need from outside. `new_id` makes UUIDv7s."""

    store: JobStore
    kinds: Kinds
    served: ServedKinds
    wishes: Wishes
    new_id: Callable[[], UUID]
    limits: Limits = field(default_factory=Limits)

    async def submit(
        self, viewer: Viewer, request: JobRequest, now: datetime, keyed: KeyedCall | None = None
    ) -> SubmittedJob | Written:
        """Store one job. Raises Invalid, Forbidden, TooMany, or Conflict for a twin that is to be rejected."""
        if keyed is not None and (kept := await self._kept(viewer, keyed)) is not None:
            return kept
        return await self._submit(viewer, request, now, keyed)

    async def copy(
        self,
        viewer: Viewer,
        job_id: UUID,
        change: Callable[[JobRequest], JobRequest],
        now: datetime,
        keyed: KeyedCall | None = None,
    ) -> SubmittedJob | Written:
        """Submit a job like this one, with changes: checked as any other. Raises NotFound too."""
        if keyed is not None and (kept := await self._kept(viewer, keyed)) is not None:
            return kept
        template = await self.store.template(viewer, job_id)
        if template is None:
            raise NotFound(f"You have no job {job_id}.")
        return await self._submit(viewer, change(request_of(template)), now, keyed)

    async def submit_batch(
        self,
        viewer: Viewer,
        requests: Sequence[JobRequest],
        now: datetime,
        on_complete: JobRequest | None = None,
        keyed: KeyedCall | None = None,
    ) -> SubmittedBatch | Written:
        """Store all or none. `on_complete` is submitted once, when the last job of the batch has ended."""
        if keyed is not None and (kept := await self._kept(viewer, keyed)) is not None:
            return kept
        if not 1 <= len(requests) <= self.limits.batch_jobs:
            raise Invalid([FieldError("/jobs", f"must be from 1 to {self.limits.batch_jobs}, not {len(requests)}")])
        asked = {f"/jobs/{index}": request for index, request in enumerate(requests)}
        ends = {} if on_complete is None else {"/on_complete": on_complete}
        jobs = await self._prepare(viewer, asked | ends, now)
        _check_sizes(dict(zip(asked | ends, jobs, strict=True)), self.limits.job_body_bytes)
        batch_id = self.new_id()
        end = None if on_complete is None else BatchEnd(batch_id, jobs.pop(), on_complete.delay_seconds or 0.0)
        jobs = [replace(job, batch_id=batch_id) for job in jobs]
        if end is None and keyed is None and not any(job.follows for job in jobs):
            return SubmittedBatch(batch_id, _ids(await self.store.submit(jobs)))
        once = None if keyed is None else _once_a_batch(viewer, keyed, batch_id)
        stored = await self._store(Order(jobs, end, once), keyed)
        return stored if isinstance(stored, Written) else SubmittedBatch(batch_id, _ids(stored))

    async def _submit(
        self, viewer: Viewer, request: JobRequest, now: datetime, keyed: KeyedCall | None
    ) -> SubmittedJob | Written:
        (job,) = await self._prepare(viewer, {"": request}, now)
        warnings = await self._warnings(job)
        if keyed is None and not job.follows:
            (stored,) = await self.store.submit([job])
            kind = self.kinds.get(job.kind)
            if stored.at is not None and stored.twin is None and kind is not None:
                return SubmittedJob(as_stored(job, viewer, kind, stored.at), created=True, warnings=warnings)
            return await self._submitted(viewer, stored, warnings)
        once = None if keyed is None else _once_a_job(viewer, keyed, warnings)
        done = await self._store(Order([job], once=once), keyed)
        if isinstance(done, Written):
            return done
        return await self._submitted(viewer, done[0], warnings)

    async def _store(self, order: Order, keyed: KeyedCall | None) -> list[Submitted] | Written:
        stored = await self.store.submit_together(order)
        if isinstance(stored, KeptAnswer):
            return _replay(stored, keyed)
        # What has ended badly before counts at once.
        await self.store.settle([one for job in order.jobs for one in job.follows])
        if stored.answer is None:
            return stored.jobs
        made = stored.jobs[0].id if len(order.jobs) == 1 and stored.jobs[0].twin is None else None
        return Written(stored.answer, replayed=False, job_id=made)

    async def _kept(self, viewer: Viewer, keyed: KeyedCall) -> Written | None:
        kept = await self.store.kept_answer(viewer.key, keyed.key)
        return None if kept is None else _replay(kept, keyed)

    async def _submitted(self, viewer: Viewer, stored: Submitted, warnings: tuple[Warned, ...]) -> SubmittedJob:
        return _told(stored, _there(await self.store.get(viewer, stored.twin or stored.id)), warnings)

    async def _prepare(self, viewer: Viewer, asked: dict[str, JobRequest], now: datetime) -> list[NewJob]:
        """Check requests, each named by the pointer to it, and make their jobs."""
        around = await self._surroundings(viewer, list(asked.values()))
        found: list[FieldError] = []
        jobs: list[NewJob] = []
        for pointer, request in asked.items():
            kind = self.kinds.get(request.kind)
            wrong = problems(request, kind, around, now=now, limits=self.limits)
            if pointer == "/on_complete":
                wrong += _end_problems(request)
            found += [FieldError(pointer + error.pointer, error.message) for error in wrong]
            if kind is not None and not wrong:
                made = new_job(request, kind, owner=viewer.key, job_id=self.new_id(), now=now, around=around)
                jobs.append(made)
            if len(found) >= Invalid.MOST:
                break
        if found:
            raise Invalid(found)
        for name in {request.kind for request in asked.values()}:
            check_audience(viewer, self.kinds.get(name))
        return jobs

    async def _surroundings(self, viewer: Viewer, requests: Sequence[JobRequest]) -> Surroundings:
        names = {request.queue for request in requests if is_name(request.queue)}
        queues = frozenset([name for name in names if await self.store.lane_of(name) is not None])
        followed = {one for request in requests for one in request.after if len(request.after) <= self.limits.after}
        standing = await self.store.standing(viewer, list(followed)) if followed else {}
        return Surroundings(queues, standing, await self.wishes.wanted(viewer, {one.kind for one in requests}))

    async def _warnings(self, job: NewJob) -> tuple[Warned, ...]:
        if await self.served.has(job.kind):
            return ()
        return (Warned(Reason.NO_WORKER_FOR_KIND, no_worker(job.kind)),)


def as_stored(job: NewJob, viewer: Viewer, kind: SubmittableKind, at: datetime) -> Job:
    """What its owner sees of a job at the moment at which it was stored: reading it would cost a query a submit."""
    waits = job.run_at is not None and job.run_at > at
    return Job(
        id=job.id,
        owner_id=viewer.id,
        kind=job.kind,
        queue=job.queue,
        state=JobState.SCHEDULED if waits else JobState.PENDING,
        priority=job.priority,
        attempt=0,
        max_attempts=job.options.max_attempts,
        crashes=0,
        run_at=at if job.run_at is None else job.run_at.astimezone(UTC),
        created_at=at,
        timeout_seconds=job.options.timeout_seconds,
        cancel_requested=False,
        run=0,
        payload=kind.secret.redact(job.payload) if kind.secret else job.payload,
        tags=job.tags,
        unique_key=job.unique_key,
        batch_id=job.batch_id,
        after=job.after,
    )


def request_of(template: JobTemplate) -> JobRequest:
    """The request that asks for a job like this one. What was meant for it alone is left out: its time, its key."""
    options = template.options
    return JobRequest(
        kind=template.kind,
        payload=template.payload,
        priority=template.priority,
        queue=template.queue,
        max_attempts=options.max_attempts,
        backoff=BackoffWish(options.backoff.strategy, options.backoff.base_seconds, options.backoff.max_seconds),
        timeout_seconds=options.timeout_seconds,
        tags=template.tags,
    )


def check_audience(viewer: Viewer, kind: SubmittableKind | None) -> None:
    """Raise Forbidden where a kind is not for this viewer."""
    if kind is None or viewer.is_admin or kind.audience == "everyone":
        return
    if kind.audience == "verified" and viewer.email_verified:
        return
    who = "administrators" if kind.audience == "admins" else "users whose email address is verified"
    raise Forbidden(f"Jobs of kind {kind.name} are for {who} on this server.")


def _end_problems(request: JobRequest) -> list[FieldError]:
    """What a job at the end of a batch cannot be asked for."""
    found: list[FieldError] = []
    if request.after:
        found.append(FieldError("/after", "must not be set: it waits for the jobs of its batch"))
    if request.on_conflict is OnConflict.REJECT:
        found.append(FieldError("/on_conflict", "must be return: nobody could be told of a refusal"))
    return found


def _check_sizes(jobs: dict[str, NewJob], most: int) -> None:
    """Hold each job of a batch to one job's limit; a single one's body was held to it before it was decoded."""
    for pointer, job in jobs.items():
        size = len(msgspec.json.encode(job.payload))
        if size > most:
            raise TooLarge(f"{pointer}/payload must have at most {most} bytes, has {size}.")


def _once_a_job(viewer: Viewer, keyed: KeyedCall, warnings: tuple[Warned, ...]) -> Once:
    def answer(stored: Sequence[Submitted], seen: Job | None) -> bytes:
        return keyed.encode(_told(stored[0], _there(seen), warnings))

    return Once(viewer.key, keyed.key, keyed.digest, answer)


def _once_a_batch(viewer: Viewer, keyed: KeyedCall, batch_id: UUID) -> Once:
    def answer(stored: Sequence[Submitted], _: Job | None) -> bytes:
        return keyed.encode(SubmittedBatch(batch_id, _ids(stored)))

    return Once(viewer.key, keyed.key, keyed.digest, answer)


def _replay(kept: KeptAnswer, keyed: KeyedCall | None) -> Written:
    if keyed is None or kept.digest != keyed.digest:
        rule = "must be a new one: it came with another call or another body in the last 24 hours"
        raise Invalid([FieldError(KEY_FIELD, rule)])
    return Written(kept.body, replayed=True)


def _told(stored: Submitted, job: Job, warnings: tuple[Warned, ...]) -> SubmittedJob:
    created = stored.twin is None
    return SubmittedJob(job, created=created, warnings=warnings if created else ())


def _there(job: Job | None) -> Job:
    if job is None:  # it was stored a moment ago, and somebody was quick to run and forget it
        raise NotFound("The job was stored, and has been deleted since.")
    return job


def _ids(stored: Sequence[Submitted]) -> list[UUID]:
    return [one.twin or one.id for one in stored]
