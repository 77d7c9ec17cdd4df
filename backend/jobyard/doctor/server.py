"""Which PostgreSQL it is, and whether it can be written to."""

from collections.abc import Sequence

from jobyard.doctor.findings import Finding, fail, ok
from jobyard.doctor.patient import Patient

NAME = "server"
OLDEST = 15


async def check_server(patient: Patient) -> Sequence[Finding]:
    """Version, encoding, and the two ways in which a database is read-only."""
    row = await patient.row("server")
    found: list[Finding] = []
    if row["number"] < OLDEST * 10_000:
        remedy = f"upgrade it to {OLDEST} or newer; 18 is what is tuned for"
        found.append(fail(NAME, f"PostgreSQL is {row['version']}, {OLDEST} is the oldest that works", remedy))
    if row["encoding"] != "UTF8":
        remedy = "make the database anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        found.append(fail(NAME, f"the database's encoding is {row['encoding']}: it cannot hold every payload", remedy))
    if row["is_standby"]:
        remedy = "point JOBYARD_DATABASE_URL to the primary"
        found.append(fail(NAME, "this is a standby: nothing can be written", remedy))
    if row["is_read_only"]:
        remedy = "find who has set it: ALTER DATABASE … RESET default_transaction_read_only, or the same of the user"
        found.append(fail(NAME, "default_transaction_read_only is on: nothing can be written", remedy))
    return found or [ok(NAME, f"PostgreSQL {row['version']}")]
