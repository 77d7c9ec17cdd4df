from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.figures import Samples
from benchmarks.measures import MeasureError
from benchmarks.options import MEASURES, OptionError, parse
from benchmarks.report import Report, filled
from benchmarks.results import Results
from benchmarks.scaling import check_starts
from tests.docs.pages import page


def samples(*numbers: float) -> Samples:
    return Samples(numbers, numbers, numbers)


def test_it_is_measured_where_it_is_named_alone() -> None:
    assert "scaling" not in MEASURES
    assert parse(["--only", "scaling,drain"]).measures == ("drain", "scaling")
    with pytest.raises(OptionError, match="scaling, not 'scalin'"):
        parse(["--only", "scalin"])


def test_each_job_must_be_started_by_one_of_the_workers() -> None:
    check_starts([samples(1, 3), samples(2)], 3, 3)
    for started, finished in (([samples(1, 3), samples(3)], 3), ([samples(1), samples(2)], 3), ([samples(1, 2, 3)], 2)):
        with pytest.raises(MeasureError):
            check_starts(started, 3, finished)


def test_the_table_has_the_ratios_of_the_rounds() -> None:
    results = Results()
    for one, two in ((100.0, 150.0), (200.0, 400.0), (400.0, 700.0)):
        results.add(
            "scaling", "jobyard", {"drain_1": one, "drain_2": two, "drain_1_ratio": 1.0, "drain_2_ratio": two / one}
        )
    report = Report(cast("Any", SimpleNamespace()), [], results, {}, [], "2026-01-01")
    assert report.has_scaling
    rows = {line.split("|")[1].strip(): line for line in report.scaling().splitlines()}
    assert "200 (100–400)" in rows["drain, jobs/s"]
    assert "400 (150–700)" in rows["drain, jobs/s"]
    drained = report.scaling().splitlines()[3]
    assert "1.75 (1.50–2.00)" in drained


def test_the_run_can_fill_in_the_table_of_the_document() -> None:
    document = page("docs/scaling.md")
    once = filled(document, "| a |")
    assert "<!-- scaling: begin -->\n| a |\n<!-- scaling: end -->" in once
    assert filled(once, "| b |") == filled(document, "| b |")
    with pytest.raises(ValueError, match="lacks"):
        filled("no mark", "| a |")
