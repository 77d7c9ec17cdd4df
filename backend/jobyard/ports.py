"""Every Protocol that the core needs from outside. `postgres/` implements them; `wiring.py` puts them together."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.events import Cursor, JobChanged, OutcomeRow
from jobyard.domain.job import Attempt, ClaimedJob, Job, JobError, JobState, NewJob, Priority
from jobyard.domain.user import User, Viewer


# The viewer's side: jobs --------------------------------------------------------------------------------------------
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


# The worker's side --------------------------------------------------------------------------------------------------
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
    stats_days: int = 90


class Upkeep(Protocol):
    """What some worker must do for all, now and then. Safe to run anywhere, at any time, side by side."""

    async def lead(self, worker: int, seconds: float) -> bool:
        """Become, or stay, the worker that does this for all, for so long. False: another one is."""
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

    async def roll_up(self) -> int:
        """Count what has finished since the last time into the statistics, each job once. Returns how many."""
        ...

    async def make_partitions(self) -> None:
        """Day partitions of history for a week ahead."""
        ...

    async def drop_partitions(self, retention: Retention) -> list[str]:
        """Drop days that are older than their retention. Returns their names. One that is in use is left for later."""
        ...


# Waking and telling -------------------------------------------------------------------------------------------------
class Nudges(Protocol):
    """Hints between processes. All may be lost without harm: whoever waits for one also polls."""

    def work(self, claimable: Iterable[Claimable]) -> None:
        """Jobs became claimable."""
        ...

    def changed(self, changes: Iterable[JobChanged]) -> None:
        """Jobs changed. Told on only for owners who are watching."""
        ...

    def finished(self, owners: Iterable[int]) -> None:
        """Jobs of these owners ended: their outcomes can be read."""
        ...

    def cancel(self, worker: int, job_id: UUID, run: int) -> None:
        """A running job should stop."""
        ...


class NudgeListener(Protocol):
    """The receiving end, in this process, of nudges from any process (this one included)."""

    def on_work(self, callback: Callable[[Claimable], None]) -> Callable[[], None]:
        """Call back where jobs became claimable. Returns a function that ends it; so do the others."""
        ...

    def on_changed(self, callback: Callable[[Sequence[JobChanged]], None]) -> Callable[[], None]:
        """Call back with changes of watched owners' jobs."""
        ...

    def on_finished(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when outcomes of some owner can be read."""
        ...

    def on_cancel(self, callback: Callable[[int, UUID, int], None]) -> Callable[[], None]:
        """Call back with (worker, job, run) of a job that should stop."""
        ...

    async def watch(self, owners: Iterable[int]) -> None:
        """These owners have a socket on this node: say so to all (it replaces what was said before)."""
        ...


class OutcomeLog(Protocol):
    """The finished log, as the live socket reads it: gap-free whatever the commit order, some repeats (engine.md)."""

    async def cursor(self) -> Cursor:
        """The place up to which everything is visible now."""
        ...

    async def since(
        self, owners: Sequence[int], cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        """Outcomes of these owners from `cursor` on, by (finish_xid, id), above `after` when a page went before.

        Take the next cursor before the first page is read, never from a row.
        """
        ...


# Accounts -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NewUser:
    """A user about to be stored. `email` is as it was typed, `email_folded` as it is compared."""

    id: UUID
    email: str
    email_folded: str
    name: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Account:
    """A user together with the secret that only sign-in may see."""

    user: User
    password_hash: str


class Users(Protocol):
    """Accounts, in the unit of work that it belongs to."""

    async def add(self, user: NewUser) -> User | None:
        """Store a new user; None where the address is taken."""
        ...

    async def by_email(self, email_folded: str) -> Account | None:
        """The account with this address."""
        ...

    async def get(self, user_id: UUID) -> User | None:
        """The user with this id."""
        ...

    async def rename(self, viewer: Viewer, name: str) -> User | None:
        """Change the viewer's own name."""
        ...

    async def set_password_hash(self, key: int, password_hash: str) -> None:
        """Keep a hash of the same password at another cost, or of a new one."""
        ...

    async def make_admin(self, email_folded: str) -> User | None:
        """Give the user with this address the role `admin`; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class NewSession:
    """A sign-in about to be stored. Only hashes of its refresh tokens are kept."""

    id: UUID
    user_key: int
    token_hash: bytes
    device: str
    address: str
    idle_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in, locked. `rotated_ago` is seconds since its token changed last, by the database's clock."""

    id: UUID
    user_id: UUID
    token_hash: bytes
    previous_hash: bytes | None
    rotated_ago: float
    alive: bool
    """Neither revoked nor over its time, and its user is not disabled."""


class Sessions(Protocol):
    """Sign-ins, in the unit of work that it belongs to."""

    async def start(self, session: NewSession, keep: int) -> None:
        """Store a sign-in, and forget this user's oldest beyond `keep`."""
        ...

    async def lock(self, session_id: UUID) -> Session | None:
        """A sign-in, locked until the unit of work ends."""
        ...

    async def rotate(self, session_id: UUID, token_hash: bytes, address: str, idle_seconds: float) -> None:
        """The token becomes the previous one, and the session lives on for `idle_seconds` (not over its longest)."""
        ...

    async def revoke(self, session_id: UUID) -> None:
        """End a sign-in."""
        ...

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive, or None."""
        ...


class Throttles(Protocol):
    """Counts per key and window, in the unit of work that it belongs to."""

    async def hit(self, key: bytes, limit: int, window_seconds: float) -> float | None:
        """Count one. None: it is within the limit; else the seconds until the window ends."""
        ...

    async def forgive(self, key: bytes) -> None:
        """Take one back."""
        ...

    async def forget(self, key: bytes) -> None:
        """Take all back."""
        ...


class AccountWork(Protocol):
    """One transaction on accounts. What is not committed is undone when it is left."""

    @property
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def throttles(self) -> Throttles: ...

    async def commit(self) -> None:
        """Make it durable. Answer only after this."""
        ...


AccountUnit = Callable[[], AbstractAsyncContextManager[AccountWork]]


class SessionDirectory(Protocol):
    """Who stands behind a session id, asked at every request (with a short memory in between)."""

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive, or None."""
        ...


class PasswordHasher(Protocol):
    """Slow hashing, away from the event loop, a few at a time."""

    async def hash(self, password: str) -> str:
        """Hash a new password of 72 bytes at most. Raises Unavailable where too many wait."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; takes as long, and says no, for None. Raises Unavailable where too many wait."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made at another cost than new ones are."""
        ...


class AccessTokenIssuer(Protocol):
    """Makes access tokens."""

    @property
    def lifetime_seconds(self) -> int: ...

    def issue(self, user_id: UUID, session_id: UUID) -> str:
        """A signed token for this user's session."""
        ...


class RefreshTokens(Protocol):
    """Makes and reads refresh tokens; knows nothing of which are in use."""

    def first(self, session_id: UUID) -> str:
        """A new session's first token."""
        ...

    def session_of(self, token: str) -> UUID | None:
        """The session of a token that we made, or None for anything else."""
        ...

    def successor(self, token: str) -> str:
        """The one token that follows it: the same whenever it is asked."""
        ...

    def digest(self, token: str) -> bytes:
        """What is stored of it."""
        ...
