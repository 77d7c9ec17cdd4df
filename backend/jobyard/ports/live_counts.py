"""How many unfinished jobs there are, for the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from jobyard.domain.job import JobState, Priority


@dataclass(frozen=True, slots=True)
class LiveCount:
    """Everybody's unfinished jobs, by queue; None stands for all queues of users' own.

    `queues`: all that there are, also those without jobs. `jobs` counts to 10,000 in each line (a queue × a priority),
    and 10,000 of each sort that is not in line. `oldest_seconds`: for how long the first in line has waited, where one
    does.
    """

    queues: frozenset[str | None]
    jobs: Mapping[tuple[str | None, JobState, Priority], int]
    oldest_seconds: Mapping[str | None, float]


class LiveCounts(Protocol):
    """Where they are counted."""

    async def count(self) -> LiveCount:
        """Now. Unavailable also where it took too long."""
        ...
