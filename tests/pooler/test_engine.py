"""Everything that storage is held to (tests/engine/), once more through PgBouncer in both modes."""

import pytest

from tests.engine import test_claims, test_live_counts, test_outcome_log, test_owners, test_rescue, test_upkeep

pytestmark = pytest.mark.slow

for module in (test_claims, test_outcome_log, test_owners, test_rescue, test_upkeep):
    for name, test in vars(module).items():
        if name.startswith("test_"):
            globals()[name] = test

test_live_jobs_are_counted = test_live_counts.test_every_sort_of_waiting_and_what_runs
