from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.statistics import FIRST_SECONDS, STEP, Tally, bucket_seconds, percentile

HISTOGRAMS = st.dictionaries(st.integers(1, 40), st.integers(0, 1000))


@given(HISTOGRAMS, st.floats(0.01, 1))
def test_a_percentile_lies_in_the_step_that_holds_it(histogram: dict[int, int], part: float) -> None:
    total = sum(histogram.values())
    value = percentile(histogram, part)
    if not total:
        assert value is None
        return
    wanted, below, step = part * total, 0, 0
    for step in sorted(histogram):
        below += histogram[step]
        if below >= wanted and histogram[step]:
            break
    low = 0 if step == 1 else FIRST_SECONDS * STEP ** (step - 2)
    assert value is not None
    assert low * 0.99 <= value <= FIRST_SECONDS * STEP ** (step - 1) * 1.01


@given(HISTOGRAMS)
def test_percentiles_grow(histogram: dict[int, int]) -> None:
    found = [percentile(histogram, part) for part in (0.1, 0.5, 0.95, 1)]
    assert found == [None] * 4 or found == sorted(value for value in found if value is not None)


def test_about_a_hundred_buckets() -> None:
    for window in (60, 3_600, 7_200, 21_600, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400):
        assert window / bucket_seconds(window) <= 168
        assert window <= 86_400 or bucket_seconds(window) % 3_600 == 0  # what is older than a day is kept by the hour


def test_tallies_add_up() -> None:
    one = Tally(1, 2, 3, 4, {1: 1}, {2: 2})
    one.add(Tally(1, 1, 1, 1, {1: 1, 3: 1}, {}))
    assert one == Tally(2, 3, 4, 5, {1: 2, 3: 1}, {2: 2})
