import pytest

from benchmarks.figures import Spread
from benchmarks.report import number, ranged, table
from benchmarks.results import Results
from benchmarks.targets import Verdict, verdicts


def test_a_tables_columns_are_as_wide_as_they_need() -> None:
    assert table(("system", "x"), [("a", "1,234"), ("longer name", "–")]) == (
        "| system      | x     |\n"
        "|-------------|-------|\n"
        "| a           | 1,234 |\n"
        "| longer name | –     |"
    )  # fmt: skip


def test_a_cell_cannot_break_its_table() -> None:
    assert table(("a", "b"), [("x|y", "one\n  two")]).splitlines()[-1] == "| x¦y | one two |"


def test_a_row_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        table(("a", "b"), [("x",)])


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.1234, "0.12"), (12.34, "12.3"), (99.96, "100"), (123.4, "123"), (84417.2, "84,417")],
)
def test_numbers_have_as_many_digits_as_mean_something(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_range_is_shown_of_several_rounds_only() -> None:
    assert ranged(Spread(20_000, 19_000, 21_000, 9)) == "20,000 (19,000–21,000)"
    assert ranged(Spread(20_000, 20_000, 20_000, 1)) == "20,000"
    assert ranged(None) == "–"


def judged(results: Results, figure: str, than: str) -> Verdict:
    """The verdict on the one target with these words."""
    (found,) = [one for one in verdicts(results) if one.figure.startswith(figure) and than in one.target]
    return found


def test_a_target_that_nothing_was_measured_for_is_open() -> None:
    assert {one.met for one in verdicts(Results())} == {None}


@pytest.mark.parametrize(("ours", "met"), [(39_999, False), (40_000, True)])
def test_a_ratio_is_met_from_its_factor_on(ours: float, met: bool) -> None:
    results = Results()
    results.add("drain", "jobyard", {"jobs_s": ours})
    results.add("drain", "pgqueuer", {"jobs_s": 20_000})
    verdict = judged(results, "drain", "PgQueuer")
    assert verdict.met is met
    assert verdict.measured.startswith("2.00 ×" if met else "1.99 ×")


def test_the_median_of_the_rounds_is_judged_and_not_the_mean() -> None:
    results = Results()
    for milliseconds in (1.0, 1.4, 90.0):
        results.add("pickup", "jobyard", {"p50": milliseconds, "p99": milliseconds})
    assert judged(results, "idle pick-up, p50", "1.5 ms").met is True


def test_a_pick_up_is_told_beside_what_two_bare_commits_take() -> None:
    results = Results()
    results.add("pickup", "jobyard", {"p50": 3.0, "p99": 6.0})
    assert judged(results, "idle pick-up, p50", "1.5 ms").measured == "3.0 ms"
    results.add("floor", "jobyard", {"p50": 2.4, "p99": 4.0})
    verdict = judged(results, "idle pick-up, p50", "1.5 ms")
    assert verdict.measured == "3.0 ms, 1.25 × two bare commits (2.4 ms)"
    assert verdict.met is False


def test_submits_are_compared_with_the_quickest_peer_of_the_run() -> None:
    results = Results()
    results.add("bulk", "jobyard", {"jobs_s": 60_000})
    results.add("bulk", "pgqueuer", {"jobs_s": 30_000})
    results.add("bulk", "graphile", {"jobs_s": 50_000})
    verdict = judged(results, "bulk submit", "best peer")
    assert verdict.met is False
    assert "graphile-worker" in verdict.target


@pytest.mark.parametrize(("p50", "met"), [(75.0, True), (75.1, False)])
def test_waits_under_a_snapshot_are_compared_with_those_without(p50: float, met: bool) -> None:
    results = Results()
    results.add("unpinned", "jobyard", {"p50": 25.0})
    results.add("pinned", "jobyard", {"p50": p50, "p99": 90.0, "last_s": 95, "offered_s": 100})
    assert judged(results, "a pinned snapshot, p50", "3 ×").met is met
    assert judged(results, "a pinned snapshot, last sixth", "offered").met is True
