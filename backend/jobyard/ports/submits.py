"""What is stored together with new jobs in one transaction, and who waits for the end of others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.job import Job, NewJob


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one `NewJob`: stored, or, with a `twin`, left out for an unfinished job with its unique key."""

    id: UUID
    twin: UUID | None = None
    at: datetime | None = None
    """When, by the database's clock, where nothing but the job itself was stored: what is seen of it follows."""


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key of an owner. `digest` is of the call and its canonical body.

    `answer` writes the first answer down: from what became of the jobs and, for a single one, what its owner sees of
    it. It is called in the transaction that stores them, so it must be quick.
    """

    owner: int
    key: str
    digest: bytes
    answer: Callable[[Sequence[Submitted], Job | None], bytes]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The first answer under an Idempotency-Key, and the digest of what was asked then."""

    digest: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """A job that is submitted when the last job of a batch has ended; `delay_seconds` count from then."""

    batch_id: UUID
    job: NewJob
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Order:
    """Jobs of one owner, and what belongs to them: all of it is stored, or nothing."""

    jobs: Sequence[NewJob]
    end: BatchEnd | None = None
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an order: of each job, and the first answer where there is one to keep."""

    jobs: list[Submitted]
    answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A part of the jobs that others wait for: those that have ended, the last one that was looked at, how many."""

    ended: list[UUID]
    reached: UUID | None
    number: int


class Followers(Protocol):
    """Lets go of jobs that waited for the end of others. Safe anywhere, at any time, side by side."""

    async def is_anybody(self) -> bool:
        """Whether any job is waited for."""
        ...

    async def look(self, after: UUID | None, limit: int) -> LookedAt:
        """Look at up to `limit` jobs that others wait for, by id, above `after`."""
        ...

    async def look_of(self, owners: Sequence[int], limit: int) -> LookedAt:
        """The same for some owners' jobs, in no order."""
        ...

    async def settle(self, ended: Sequence[UUID]) -> bool:
        """Let go of, or cancel, those who waited for these. False: another one is at it: try again soon."""
        ...
