import json
from pathlib import Path

import pytest

from benchmarks.results import KeptError, Results


def test_what_was_not_measured_now_is_taken_from_an_earlier_run(tmp_path: Path) -> None:
    earlier = Results()
    earlier.add("drain", "jobyard", {"jobs_s": 1.0})
    earlier.add("pickup", "jobyard", {"p50": 9.0})
    earlier.add("pickup", "saq", {"p50": 8.0})
    earlier.fail("history", "saq", "1500 jobs of 1500")
    earlier.fail("pickup", "awa", "it ended")
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps(earlier.as_json()))

    results = Results()
    results.add("pickup", "jobyard", {"p50": 3.0})
    assert results.keep(Results.read(file), {"pickup"}) == ["drain"]
    assert results.median("pickup", "jobyard", "p50") == 3.0
    assert results.median("pickup", "saq", "p50") is None
    assert results.median("drain", "jobyard", "jobs_s") == 1.0
    assert results.errors == ["history of saq: 1500 jobs of 1500"]


@pytest.mark.parametrize("text", ["", "[]", '{"rounds": {"a/b": 1}, "errors": []}', '{"rounds": {}}'])
def test_a_file_that_is_no_runs_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "earlier.json"
    file.write_text(text)
    with pytest.raises(KeptError, match=r"earlier\.json does not hold"):
        Results.read(file)
    with pytest.raises(KeptError, match="none"):
        Results.read(tmp_path / "none.json")
