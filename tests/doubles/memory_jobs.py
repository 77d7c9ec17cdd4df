"""Jobs in memory, as far as the live socket reads them: rows, the log of outcomes with transactions, and nudges."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from jobyard.domain.errors import Unavailable
from jobyard.domain.events import OUTCOMES, Cursor, EventType, JobChanged, OutcomeRow
from jobyard.domain.job import Job, JobState, Priority

OWNER_IDS = {number: UUID(int=number) for number in range(100)}


@dataclass
class MemoryJobs:
    """JobStore.get_many, OutcomeLog and NudgeListener in one. tests/live/test_double_conforms.py holds it to these."""

    system: int = 77
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    down: bool = False
    owners: dict[UUID, int] = field(default_factory=dict[UUID, int])
    jobs: dict[UUID, Job] = field(default_factory=dict[UUID, Job])
    rows: list[OutcomeRow] = field(default_factory=list[OutcomeRow])
    open_xids: set[int] = field(default_factory=set[int])
    next_xid: int = 1000
    watched: list[frozenset[int]] = field(default_factory=list[frozenset[int]])
    reads: int = 0
    _changed: list[Callable[[Sequence[JobChanged]], None]] = field(
        default_factory=list[Callable[[Sequence[JobChanged]], None]]
    )
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when rows are read, which waits for `may_read`."""
    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    after_since: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])
    """What happens just after the log was next read."""
    _read: asyncio.Event = field(default_factory=asyncio.Event)
    _finished: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def __post_init__(self) -> None:
        self.may_read.set()

    # What a test does -----------------------------------------------------------------------------------------------
    def add(self, owner: int, state: JobState = JobState.PENDING) -> UUID:
        """A job, of which nobody is told."""
        job_id = uuid7()
        now = datetime.now(UTC)
        self.owners[job_id] = owner
        self.jobs[job_id] = Job(
            id=job_id, owner_id=OWNER_IDS[owner], kind="demo.echo", queue="default", state=state,
            priority=Priority.MEDIUM, attempt=0, max_attempts=5, crashes=0, run_at=now, created_at=now,
            timeout_seconds=600, cancel_requested=False, run=0, payload={"secret": 1},
        )  # fmt: skip
        return job_id

    def change(self, job_id: UUID, event: EventType | None, **columns: object) -> None:
        """Change a row; tell of it where there is an event."""
        self.jobs[job_id] = replace(self.jobs[job_id], **columns)
        if event is not None:
            for callback in self._changed:
                callback([JobChanged(self.owners[job_id], job_id, event)])

    def begin(self) -> int:
        """A transaction."""
        self.next_xid += 1
        self.open_xids.add(self.next_xid)
        return self.next_xid

    def finish(
        self, job_id: UUID, state: JobState, xid: int | None = None, *, nudge: bool = True, notify: bool = False
    ) -> str:
        """Commit the end of a job in a transaction (its own, if none is given). Returns the event's id."""
        xid = xid or self.begin()
        self.open_xids.discard(xid)
        run = self.jobs[job_id].run + 1
        self.jobs[job_id] = replace(self.jobs[job_id], state=state, run=run, finished_at=datetime.now(UTC))
        self.rows.append(OutcomeRow(self.owners[job_id], job_id, run, OUTCOMES[state], xid, notify))
        if nudge:
            self.nudge()
        return f"{job_id}-{run}-{state}"

    def take_back(self, job_id: UUID) -> None:
        """A retry by hand: the outcome leaves the log."""
        self.rows = [row for row in self.rows if row.job_id != job_id]
        self.change(job_id, EventType.PENDING, state=JobState.PENDING)

    def nudge(self) -> None:
        """Outcomes can be read."""
        for callback in self._finished:
            callback()

    # The ports ------------------------------------------------------------------------------------------------------
    async def cursor(self) -> Cursor:
        self._check()
        following = self.next_xid + 1
        return Cursor(
            self.system, min(self.open_xids, default=following), self.at, following, frozenset(self.open_xids)
        )

    async def since(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        return await self.unseen(owners, Cursor(cursor.system, cursor.xmin, cursor.at), limit, after)

    async def unseen(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        self._check()
        found = [
            row
            for row in self.rows
            if (owners is None or row.owner in owners)
            and not cursor.saw(row.finish_xid)
            and (after is None or (row.finish_xid, row.job_id) > after)
        ]
        page = sorted(found, key=lambda row: (row.finish_xid, row.job_id))[:limit]
        while self.after_since:
            self.after_since.pop()()
        return page

    async def get_many(self, owners: Sequence[int], job_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Job]]:
        self._check()
        self.reading.set()
        await self.may_read.wait()
        return {
            job_id: (owner, replace(self.jobs[job_id], payload=None, result=None))
            for job_id, owner in zip(job_ids, owners, strict=True)
            if self.owners.get(job_id) == owner
        }

    def on_changed(self, callback: Callable[[Sequence[JobChanged]], None]) -> Callable[[], None]:
        self._changed.append(callback)
        return lambda: self._changed.remove(callback)

    def on_finished(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._finished.append(callback)
        return lambda: self._finished.remove(callback)

    async def watch(self, owners: Iterable[int]) -> None:
        self._check()
        self.watched.append(frozenset(owners))

    async def read_after(self, reads: int) -> None:
        """Wait for one more read."""
        while self.reads <= reads:
            self._read.clear()
            await self._read.wait()

    def _check(self) -> None:
        self.reads += 1
        self._read.set()
        if self.down:
            raise Unavailable("the database is away")
