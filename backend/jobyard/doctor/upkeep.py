"""Whether anybody works, and one leads: promotion, rescue, statistics and days of history hang on it."""

from collections.abc import Sequence

from jobyard.doctor.findings import Finding, duration, fail, ok, warn
from jobyard.doctor.patient import Patient
from jobyard.postgres.upkeep import ROLE

NAME = "upkeep"
PATIENCE_SECONDS = 30.0
"""Another worker leads within 6 s of the last one's end."""
START = "start a worker: python -m jobyard worker (./just worker), or the API with JOBYARD_EMBEDDED_WORKER=true"


async def check_upkeep(patient: Patient) -> Sequence[Finding]:
    """Nobody at work is no failure before the first start, and one as soon as a job waits."""
    row = await patient.row("upkeep", ROLE, patient.settings.lease_seconds)
    waiting = row["waiting"] or 0.0
    if not row["workers"]:
        message = "no worker is alive"
        if waiting >= PATIENCE_SECONDS:
            return [fail(NAME, f"{message}, and a job has been waiting for {duration(waiting)}", START)]
        return [warn(NAME, message, START)]
    if row["led"] is None or row["led"] >= PATIENCE_SECONDS:
        since = "ever led" if row["led"] is None else f"led for {duration(row['led'])}"
        message = f"workers are alive ({row['workers']}), and none has {since}"
        remedy = "look for errors in their logs; restart them with the same release and JOBYARD_LEASE_SECONDS"
        return [fail(NAME, message, remedy)]
    return [ok(NAME, f"{row['workers']} alive {'worker' if row['workers'] == 1 else 'workers'}, one of which leads")]
