"""Whether PostgreSQL has connections enough for the processes that there are."""

from collections.abc import Sequence
from typing import Any

from jobyard import pool_sizes
from jobyard.doctor.findings import Finding, fail, ok, warn
from jobyard.doctor.patient import Patient
from jobyard.settings import Settings

NAME = "connections"
SPARE = 5
"""For migrations, backups, and who looks for what is wrong."""
REMEDY = "raise max_connections, start fewer processes, or put PgBouncer between (docs/scaling.md)"


async def check_connections(patient: Patient) -> Sequence[Finding]:
    """What this API and the workers that are alive may open, against what they may have."""
    if patient.settings.database_pooler != "none":
        return [ok(NAME, f"shared by a pooler in {patient.settings.database_pooler} mode: its pool is the limit")]
    row = await patient.row("connections", patient.settings.lease_seconds)
    return [judge(patient.settings, row)]


def judge(settings: Settings, row: Any) -> Finding:
    """`row`: what queries/doctor/connections.sql tells."""
    embedded = settings.api_processes if settings.embedded_worker else 0
    workers = max(0, row["workers"] - embedded)
    per_api, per_worker = pool_sizes.of_api(with_worker=settings.embedded_worker), pool_sizes.of_worker()
    # The one that leads looks up what is left of deleted accounts.
    needed = settings.api_processes * per_api + workers * per_worker + min(workers, 1)
    limits = [row["most"] - row["reserved"], row["of_user"], row["of_database"]]
    most = min(limit for limit in limits if limit >= 0)
    told = (
        f"{settings.api_processes} × {per_api} for the API and {workers} × {per_worker} for workers, {needed} at most"
    )
    if needed > most:
        return fail(NAME, f"{told}; PostgreSQL gives us {most}", REMEDY)
    if needed + row["of_others"] + SPARE > most:
        message = f"{told}; PostgreSQL gives us {most}, of which others hold {row['of_others']}"
        return warn(NAME, message, REMEDY)
    return ok(NAME, f"{told}; PostgreSQL gives us {most}")
