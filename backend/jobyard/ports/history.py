"""What happened to one job: its timeline and the lines that it logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from jobyard.domain.job import ClaimedJob
from jobyard.domain.timeline import JobStory
from jobyard.domain.user import Viewer


class LogLevel(StrEnum):
    """How much a line matters."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogPlace(NamedTuple):
    """After which line a reader goes on: a run numbers its lines from 1."""

    run: int
    number: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """What a handler logged."""

    place: LogPlace
    at: datetime
    level: LogLevel
    message: str
    attempt: int


@dataclass(frozen=True, slots=True)
class NewLogLine:
    """A line that is not stored yet. `logged_at` is on the monotonic clock of its process."""

    number: int
    logged_at: float
    level: LogLevel
    message: str


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """Lines of one run, in their order. `unsure`: some may be stored already, because the answer was lost."""

    job: ClaimedJob
    lines: Sequence[NewLogLine]
    unsure: bool


class LogSink(Protocol):
    """Where a worker's runs log to."""

    async def append(self, worker: int, runs: Sequence[LoggedRun]) -> None:
        """Store lines of runs that this worker holds; those of others are not: they were lost to another worker."""
        ...


class JobHistory(Protocol):
    """What happened to the viewer's jobs. None: the job is not there, or not the viewer's."""

    async def story(self, viewer: Viewer, job_id: UUID) -> JobStory | None:
        """What its timeline is put together from."""
        ...

    async def logs(self, viewer: Viewer, job_id: UUID, after: LogPlace, limit: int) -> list[LogLine] | None:
        """Up to `limit` lines after a place, run by run."""
        ...
