"""How far this machine's clock is from the database's."""

import math
from collections.abc import Sequence

from jobyard.doctor.findings import Finding, duration, fail, ok, warn
from jobyard.doctor.patient import Patient

NAME = "clock"
TRIES = 5
NOTED_SECONDS = 2.0
WRONG_SECONDS = 60.0
REMEDY = "let both machines follow a time server (chrony, systemd-timesyncd)"


async def check_clock(patient: Patient) -> Sequence[Finding]:
    """The quickest of some questions tells best: the answer was given somewhere between asking and hearing."""
    best, skew = math.inf, 0.0
    for _ in range(TRIES):
        asked = patient.now()
        told = (await patient.row("clock"))["at"]
        heard = patient.now()
        if heard - asked < best:
            best, skew = heard - asked, (asked + heard) / 2 - told
    off = max(0.0, abs(skew) - best / 2)
    where = f"this machine's clock is {duration(abs(skew))} {'ahead of' if skew > 0 else 'behind'} the database's"
    if off >= WRONG_SECONDS:
        return [fail(NAME, f"{where}: tokens end too early or too late, and new jobs are sorted wrongly", REMEDY)]
    if off >= NOTED_SECONDS:
        return [warn(NAME, f"{where}: new jobs are sorted and counted by it", REMEDY)]
    most = max(0.001, round(abs(skew) + best / 2, 3))
    return [ok(NAME, f"this machine's clock and the database's differ by {duration(most)} at most")]
