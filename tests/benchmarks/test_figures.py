import math
from array import array
from pathlib import Path

import pytest

from benchmarks.figures import Samples, Spread, percentile, spread


def test_a_percentile_is_a_value_that_occurred() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 1) == 7
    assert percentile([1.0, 2.0], 50) == 1
    assert percentile([1.0, 2.0], 51) == 2


def test_a_percentile_of_nothing_is_no_number() -> None:
    assert math.isnan(percentile([], 50))


def test_a_spread_is_the_median_and_the_range() -> None:
    assert spread([5, 1, 3]) == Spread(3, 1, 5, 3)
    assert spread([1, 3]) == Spread(2, 1, 3, 2)
    assert spread([]) is None


@pytest.fixture
def samples(tmp_path: Path) -> Samples:
    """Jobs 0, 1 and 2, of which 1 started twice, and a warm-up."""
    path = tmp_path / "samples"
    starts = [(-1, 0, 50), (0, 10, 11), (1, 10, 12), (2, 20, 24), (1, 10, 30)]
    path.write_bytes(array("d", [float(value) for start in starts for value in start]).tobytes())
    return Samples.read(path)


def test_the_warm_up_does_not_count(samples: Samples) -> None:
    assert len(samples) == 4
    assert list(samples.numbers) == [0, 1, 2, 1]


def test_a_second_start_of_a_job_is_seen(samples: Samples) -> None:
    assert samples.twice == 1


def test_waits_are_those_of_starts_in_the_window(samples: Samples) -> None:
    assert samples.waits() == [1, 2, 4, 20]
    assert samples.waits(12, 24) == [2]
    assert samples.waits(24) == [4, 20]
