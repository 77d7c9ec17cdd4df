"""Why a job is not running now: what storage knows of it and of the line before it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.job import JobState, Wait
from jobyard.domain.user import Viewer

MOST_AHEAD = 1_000
"""How far jobs ahead are counted."""


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """What decides whether a job runs, in the words of the claim. `now` is the database's clock.

    `ahead_all` and `ahead_mine`: jobs that can be claimed before it, anybody's and its owner's, each up to 1,000.
    `jobs_a_second`: how many jobs of all owners ended lately; None: none did.
    """

    state: JobState
    wait: Wait
    kind: str
    queue: str
    run_at: datetime
    now: datetime
    cancel_requested: bool = False
    is_served: bool = True
    runs_alone: bool = False
    unfinished_before: int = 0
    attempt: int = 0
    max_attempts: int = 5
    worker: str | None = None
    ahead_mine: int = 0
    ahead_all: int = 0
    jobs_a_second: float | None = None


class WaitingJobs(Protocol):
    """The facts about jobs that wait."""

    async def facts(self, viewer: Viewer, job_id: UUID) -> WaitingFacts | None:
        """Of a job of the viewer's; None where there is none."""
        ...
