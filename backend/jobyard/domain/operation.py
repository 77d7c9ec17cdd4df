"""Changes of many jobs: what is done to each, and, where they are more than a call can wait for, how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jobyard.domain.job import FINISHED, MOVES, JobState, Verb


class BulkVerb(StrEnum):
    """What is done to many."""

    RETRY = "retry"
    CANCEL = "cancel"
    DISCARD = "discard"

    @property
    def states(self) -> frozenset[JobState]:
        """The states in which it can be done. A filter names jobs in these alone."""
        if self is BulkVerb.DISCARD:
            return FINISHED
        verb = Verb.RETRY if self is BulkVerb.RETRY else Verb.CANCEL
        return frozenset(state for state, allowed in MOVES if allowed is verb)


class OperationState(StrEnum):
    """How a change of many stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    """What it had done until then stays done."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of many that the server goes on with after the answer."""

    id: UUID
    verb: BulkVerb
    state: OperationState
    changed: int
    skipped: int
    created_at: datetime
    finished_at: datetime | None = None
    error: str | None = None
