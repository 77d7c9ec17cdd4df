"""Whether the database is what this release needs, and whether this user may change it."""

from collections.abc import Sequence

from jobyard.doctor.findings import Finding, fail, ok, warn
from jobyard.doctor.patient import Patient
from jobyard.postgres.migrations import REQUIRED, number_of

NAME = "schema"
MIGRATE = "run: python -m jobyard migrate (./just migrate)"


async def check_schema(patient: Patient) -> Sequence[Finding]:
    """Migrations behind or ahead, and tables of somebody else."""
    row = await patient.row("schema")
    versions = [one["version_num"] for one in await patient.rows("migrations")] if row["is_migrated"] else []
    found: list[Finding] = []
    if not versions:
        found.append(fail(NAME, "the database has no tables of Jobyard", MIGRATE))
    elif (newest := max(versions, key=number_of)) and number_of(newest) < number_of(REQUIRED):
        found.append(fail(NAME, f"the database is at {newest}, this release needs {REQUIRED}", MIGRATE))
    elif number_of(newest) > number_of(REQUIRED):
        message = f"the database is at {newest}, newer than this release ({REQUIRED}), which can go on for a while"
        found.append(warn(NAME, message, "bring this machine to the newer release too"))
    if row["of_others"]:
        tables = ", ".join(row["of_others"])
        message = f"user {row['who']} does not own {tables}: days of history can be neither made nor dropped"
        found.append(fail(NAME, message, f"run as their owner: REASSIGN OWNED BY … TO {row['who']}"))
    return found or [ok(NAME, f"the database is at {REQUIRED}, as this release needs it")]
