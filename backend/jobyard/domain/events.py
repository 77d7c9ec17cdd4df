"""What the live socket tells: an event is a job that changed. Outcomes come at least once, others may be left out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jobyard.domain.job import JobState


class EventType(StrEnum):
    """The `event` of a message on the live socket."""

    CREATED = "created"
    SCHEDULED = "scheduled"
    PENDING = "pending"
    STARTED = "started"
    PROGRESS = "progress"
    RETRYING = "retrying"
    CANCEL_REQUESTED = "cancel_requested"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OUTCOMES: dict[JobState, EventType] = {
    JobState.COMPLETED: EventType.COMPLETED,
    JobState.FAILED: EventType.FAILED,
    JobState.CANCELLED: EventType.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A best-effort hint that a job of this owner changed; the row is read when it is sent."""

    owner: int
    job_id: UUID
    event: EventType


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the log of outcomes: of which database, the oldest transaction that was still open, and when.

    Clients keep that much. Whoever keeps the rest too knows exactly what was visible then.
    """

    system: int
    xmin: int
    at: datetime
    xmax: int | None = None
    """The first transaction that had not begun. None: of what follows xmin nothing is known."""
    open: frozenset[int] = frozenset()
    """Transactions between the two that had not ended."""

    @property
    def first_unseen(self) -> int:
        """From this transaction on nothing was visible."""
        return self.xmin if self.xmax is None else self.xmax

    def saw(self, transaction: int) -> bool:
        """Whether what this transaction committed was visible."""
        return transaction < self.first_unseen and transaction not in self.open


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome of the finished log."""

    owner: int
    job_id: UUID
    run: int
    event: EventType
    finish_xid: int
    notify: bool = False
    """Whether it stands in its owner's inbox."""
