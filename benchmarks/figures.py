"""Statistics of what was measured. Times are seconds unless a name says otherwise."""

import math
import statistics
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

BYTES_A_SAMPLE = 24


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, and how far they lay apart."""

    median: float
    least: float
    greatest: float
    rounds: int


def spread(values: Sequence[float]) -> Spread | None:
    """Median and range, or None of nothing."""
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values), len(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that occurred. NaN of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass(frozen=True, slots=True)
class Samples:
    """What a worker's handlers saw: of each start, the job's number and when it was submitted and started."""

    numbers: Sequence[float]
    submitted: Sequence[float]
    started: Sequence[float]

    @classmethod
    def read(cls, path: Path) -> "Samples":
        """Read a file of float64 triples. Jobs with a negative number were a warm-up and are left out."""
        values = array("d")
        with path.open("rb") as file:
            values.fromfile(file, path.stat().st_size // BYTES_A_SAMPLE * 3)
        counts = [number >= 0 for number in values[::3]]
        numbers, submitted, started = (array("d", compress(values[column::3], counts)) for column in range(3))
        return cls(numbers, submitted, started)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def twice(self) -> int:
        """How many starts were of a job that had started before."""
        return len(self.numbers) - len(set(self.numbers))

    def waits(self, since: float = -math.inf, until: float = math.inf) -> list[float]:
        """From submit to start, of the jobs that started in [since, until)."""
        pairs = zip(self.submitted, self.started, strict=True)
        return [began - at for at, began in pairs if since <= began < until]
