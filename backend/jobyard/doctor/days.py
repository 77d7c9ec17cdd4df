"""The days of history that are made ahead."""

from collections.abc import Sequence

from jobyard.doctor.findings import Finding, fail, ok, warn
from jobyard.doctor.patient import Patient

NAME = "days"
AHEAD = 5
"""Workers make a week: after an hour without any, and an hour's patience, that many are there for sure."""
REMEDY = "start a worker: each makes the days of a week ahead at its start and every hour"


async def check_days(patient: Patient) -> Sequence[Finding]:
    """Today and tomorrow must be there; the rest of the week should be."""
    missing = await patient.rows("days", AHEAD)
    if not missing:
        return [ok(NAME, f"history has its days, {AHEAD} ahead and more")]
    first = missing[0]
    when = {0: "today", 1: "tomorrow"}.get(first["ahead"], f"in {first['ahead']} days")
    message = f"no partition for {when}: {', '.join(first['tables'])}"
    return [(fail if first["ahead"] < 2 else warn)(NAME, message, REMEDY)]
