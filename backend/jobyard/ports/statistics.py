"""Counts and times of jobs, as the leader rolled them up."""

from typing import Protocol

from jobyard.domain.statistics import Statistics as Tallies
from jobyard.domain.user import Viewer


class Statistics(Protocol):
    """What is told of jobs in numbers."""

    async def tallies(self, viewer: Viewer, window_seconds: int, bucket_seconds: int, *, everyone: bool) -> Tallies:
        """The viewer's jobs of the last so many seconds; `everyone`, for administrators, those of all."""
        ...
