"""Percentiles from histograms, and how wide the buckets of a window are. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

STEP = 1.7
FIRST_SECONDS = 0.001
"""The steps of a histogram: up to 1 ms, and from there each 1.7 times as long (stats_bucket in the migrations)."""

LONGEST_WINDOW_SECONDS = 90 * 86_400
WIDTHS = ((7_200, 60), (21_600, 300), (86_400, 900), (7 * 86_400, 3_600), (30 * 86_400, 21_600))
"""Windows up to so many seconds have buckets of so many. What is older than one is kept as the next needs it."""

WIDEST = 86_400

Histogram = Mapping[int, int]
"""Jobs by step, from 1."""


def bucket_seconds(window_seconds: int) -> int:
    """How wide the buckets of a window are: about a hundred of them are told."""
    return next((width for longest, width in WIDTHS if window_seconds <= longest), WIDEST)


def row_widths() -> list[tuple[int, int]]:
    """How many seconds a stored row covers, and from which age on: no window that reaches there has narrower buckets.

    Never WIDEST: the jobs of a day of a busy server may be more than a row can count (2,147,483,647).
    """
    return [(wider, longest + width) for (longest, width), (_, wider) in pairwise(WIDTHS)]


def percentiles(histogram: Histogram, *parts: float) -> list[float | None]:
    """The seconds that each part of the jobs did not pass, to about 15 %; None where there are no jobs."""
    total = sum(histogram.values())
    steps = sorted(histogram.items())
    return [_seconds(steps, part * total) if total else None for part in parts]


def _seconds(steps: Sequence[tuple[int, int]], wanted: float) -> float:
    below = 0
    for step, jobs in steps:
        if jobs and below + jobs >= wanted:
            share = max(wanted - below, 0) / jobs
            if step == 1:
                return round(FIRST_SECONDS * share, 6)
            return float(f"{FIRST_SECONDS * STEP ** (step - 2 + share):.3g}")
        below += jobs
    raise AssertionError("unreachable: the last step holds what is left")


@dataclass(slots=True)
class Tally:
    """What happened to jobs in some time. `waits` and `runs` are of those that finished then and had run."""

    submitted: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    waits: dict[int, int] = field(default_factory=dict[int, int])
    runs: dict[int, int] = field(default_factory=dict[int, int])

    def add(self, other: "Tally") -> None:
        """Count the other's jobs in."""
        self.submitted += other.submitted
        self.completed += other.completed
        self.failed += other.failed
        self.cancelled += other.cancelled
        for own, others in ((self.waits, other.waits), (self.runs, other.runs)):
            for step, jobs in others.items():
                own[step] = own.get(step, 0) + jobs


@dataclass(frozen=True, slots=True)
class Statistics:
    """Tallies by bucket and kind. `begin` and `end` are bounds of buckets; a bucket without jobs is not there."""

    begin: datetime
    end: datetime
    bucket_seconds: int
    by_bucket: dict[datetime, dict[str, Tally]]
