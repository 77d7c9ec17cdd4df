"""The worker's side of jobs: claim, report, and keep the yard in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.job import ClaimedJob, JobError
from jobyard.ports.submits import Followers


@dataclass(frozen=True, slots=True)
class Completed:
    """A run that went well. `result` is JSON text in UTF-8, or None."""

    job: ClaimedJob
    result: bytes | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that did not. `retry_in_seconds` None: for good."""

    job: ClaimedJob
    error: JobError
    retry_in_seconds: float | None
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Snoozed:
    """A run whose handler wants to be called again in some seconds."""

    job: ClaimedJob
    seconds: float


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat learned: whether the worker is still held to be alive, and which of its jobs should stop."""

    alive: bool
    cancel_requested: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimable:
    """Jobs became claimable in a lane, from this place on. `priority` is a code; None: of any."""

    lane: int
    priority: int | None
    place: datetime


@dataclass(frozen=True, slots=True)
class JobNote:
    """Something that happened to a job and that no column tells, for its timeline. `type` as api.md names them."""

    job_id: UUID
    owner: int
    type: str
    run: int
    attempt: int
    detail: dict[str, str | float | None]


class WorkQueue(Protocol):
    """What a worker process does with jobs. Whatever ends or reports a run is fenced by (worker, run).

    Methods that report runs return the ids that were accepted; a job that is missing there was lost or taken away, and
    nothing of it was changed.
    """

    async def register(self, name: str, kinds: Sequence[str], slots: int) -> int:
        """A new worker; returns its number."""
        ...

    async def unregister(self, worker: int) -> None:
        """The worker is going, and holds nothing any more."""
        ...

    async def lanes(self) -> list[int]:
        """The lanes that hold jobs of the server's kinds."""
        ...

    async def claim(self, worker: int, lane: int, kinds: Sequence[str], limit: int) -> list[ClaimedJob]:
        """Take up to `limit` jobs, in the order of priority, place, id."""
        ...

    async def holdings(self, worker: int) -> list[ClaimedJob]:
        """All that this worker holds: after a claim whose answer was lost, which may have been granted."""
        ...

    async def sweep(self, worker: int, lane: int, kinds: Sequence[str], limit: int) -> list[ClaimedJob]:
        """Claim what became claimable behind where this process claims, where it is time to look; else nothing.

        To be called beside `claim`, now and then: it decides by itself when it is due.
        """
        ...

    def appeared(self, claimable: Claimable) -> None:
        """Jobs became claimable: the next claim looks from their place on."""
        ...

    async def claim_alone(self, worker: int, lane: int, kinds: Sequence[str]) -> ClaimedJob | None:
        """Take one job that was lost twice. Only for a process that holds nothing else."""
        ...

    async def take_turn(
        self, worker: int, kinds: Sequence[str], *, waited_seconds: float, lease_seconds: float
    ) -> bool:
        """Become, or stay, the one worker that makes room for such a job, where one has waited for so long."""
        ...

    async def end_turn(self, worker: int) -> None:
        """Let another make room."""
        ...

    async def complete(self, worker: int, runs: Sequence[Completed]) -> set[UUID]:
        """Move them to history as completed. A result that storage refuses fails its own run, never its batch."""
        ...

    async def fail(self, worker: int, runs: Sequence[Failed]) -> set[UUID]:
        """Retry later, or end as failed, or as cancelled where that was asked."""
        ...

    async def snooze(self, worker: int, run: Snoozed) -> bool:
        """Back to scheduled, no attempt is used; cancelled where that was asked. False: the job was lost."""
        ...

    async def release(self, worker: int, jobs: Sequence[ClaimedJob]) -> set[UUID]:
        """Back to its old place, no attempt is used; cancelled where that was asked."""
        ...

    async def progress(self, worker: int, reports: Sequence[tuple[ClaimedJob, bytes]]) -> set[UUID]:
        """Store the newest progress, `{"fraction": …, "message": …}` as JSON text, of some runs."""
        ...

    async def note(self, worker: int, notes: Sequence[JobNote]) -> None:
        """Write into timelines. Not fenced: a note says what happened, it changes nothing."""
        ...

    async def beat(self, worker: int, running: Sequence[tuple[UUID, int]]) -> Beat:
        """Renew the lease on all that this worker holds. `running`: ids, each with its owner."""
        ...


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days history is kept."""

    completed_days: int = 30
    failed_days: int = 90
    notification_days: int = 30
    event_days: int = 90
    log_days: int = 30
    idempotency_days: int = 2
    stats_days: int = 90
    operation_days: int = 7


@dataclass(frozen=True, slots=True)
class RolledUp:
    """How many finished jobs were counted into the statistics, and whether more can be."""

    jobs: int
    more: bool


class Upkeep(Protocol):
    """What some worker must do for all, now and then. Safe to run anywhere, at any time, side by side."""

    @property
    def followers(self) -> Followers:
        """Who waits for the end of other jobs."""
        ...

    async def lead(self, worker: int, seconds: float, *, away_seconds: float = 10.0) -> bool:
        """Become, or stay, the worker that does this for all, for so long. False: another one is.

        Where nobody has for `away_seconds`, the database was away: `rescue` waits until every living worker has beaten.
        """
        ...

    async def resign(self, worker: int) -> None:
        """Let another lead at once."""
        ...

    async def promote(self, limit: int) -> int:
        """Give a place to jobs whose time has come, `limit` at most. Returns how many."""
        ...

    async def next_due_seconds(self) -> float | None:
        """How long until the next job's time comes (negative: it has), or None where none waits for its time."""
        ...

    async def rescue(self, lease_seconds: float, *, everything: bool) -> list[str]:
        """Take back the jobs of workers whose last heartbeat is older than the lease. Returns the kind of each.

        With `everything` also the jobs of workers that had ended before, which a dying worker may have claimed late.
        """
        ...

    async def roll_up(self, limit: int) -> RolledUp:
        """Count what has finished since the last time into the statistics, each job once: about `limit` at most."""
        ...

    async def make_partitions(self) -> None:
        """Day partitions of history for a week ahead."""
        ...

    async def drop_partitions(self, retention: Retention) -> list[str]:
        """Drop days that are older than their retention. Returns their names. One that is in use is left for later."""
        ...
