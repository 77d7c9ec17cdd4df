"""Workers, as administrators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that a worker holds."""

    id: UUID
    kind: str
    owner_id: UUID
    started_at: datetime


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A process that claims. `running` is what it told of with its last heartbeat and holds still."""

    id: int
    name: str
    over_http: bool
    kinds: tuple[str, ...]
    slots: int
    started_at: datetime
    beat_at: datetime
    running: tuple[RunningJob, ...]


@dataclass(frozen=True, slots=True)
class LiveWorkerPage:
    """Some workers, newest first, and the number to go on below (None: that was all)."""

    items: list[LiveWorker]
    next_before: int | None


class WorkerList(Protocol):
    """Who is alive, and runs what: of all owners, so for administrators alone."""

    async def page(self, before: int | None, limit: int) -> LiveWorkerPage:
        """Workers whose lease holds, newest first."""
        ...
