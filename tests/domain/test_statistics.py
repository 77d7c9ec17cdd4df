from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.statistics import (
    FIRST_SECONDS,
    LONGEST_WINDOW_SECONDS,
    STEP,
    WIDTHS,
    Tally,
    bucket_seconds,
    percentiles,
    row_widths,
)

HISTOGRAMS = st.dictionaries(st.integers(1, 40), st.integers(0, 1000))


@given(HISTOGRAMS, st.floats(0.01, 1))
def test_a_percentile_lies_in_the_step_that_holds_it(histogram: dict[int, int], part: float) -> None:
    total = sum(histogram.values())
    (value,) = percentiles(histogram, part)
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
    found = percentiles(histogram, 0.1, 0.5, 0.95, 1)
    assert found == [None] * 4 or found == sorted(value for value in found if value is not None)


def test_about_a_hundred_buckets() -> None:
    for window in (60, 3_600, 7_200, 21_600, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400):
        assert window / bucket_seconds(window) <= 168


@given(st.integers(60, LONGEST_WINDOW_SECONDS), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_row_is_wider_than_a_bucket_that_it_is_told_in(window: int, now: int, ago: int) -> None:
    """A row of some time ago, in a window that reaches back to it, wherever in its bucket the window begins."""
    now += LONGEST_WINDOW_SECONDS * 2
    width = bucket_seconds(window)
    begin = (now - window) // width * width
    for seconds, age in row_widths():
        assert seconds % width == 0 or width % seconds == 0
        slot = (now - ago) // seconds * seconds
        if slot + seconds <= now - age and slot + seconds > begin:  # it is kept so, and part of it is told
            assert seconds <= width


def test_rows_grow_with_age() -> None:
    assert [seconds for seconds, _ in row_widths()] == [width for _, width in WIDTHS[1:]]
    assert row_widths() == sorted(row_widths(), key=lambda row: row[1])


def test_tallies_add_up() -> None:
    one = Tally(1, 2, 3, 4, {1: 1}, {2: 2})
    one.add(Tally(1, 1, 1, 1, {1: 1, 3: 1}, {}))
    assert one == Tally(2, 3, 4, 5, {1: 2, 3: 1}, {2: 2})
