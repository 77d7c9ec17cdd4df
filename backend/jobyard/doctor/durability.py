"""Whether what was answered outlives a power cut."""

from collections.abc import Sequence

from jobyard.doctor.findings import Finding, fail, ok, warn
from jobyard.doctor.patient import Patient

NAME = "durability"
RELOAD = "in postgresql.conf, and run SELECT pg_reload_conf()"


async def check_durability(patient: Patient) -> Sequence[Finding]:
    """fsync, full_page_writes, synchronous_commit."""
    on = await patient.parameters("fsync", "full_page_writes", "synchronous_commit")
    found: list[Finding] = []
    if on["fsync"] == "off":
        message = "fsync is off: a power cut loses jobs that were answered, and may break the database"
        found.append(fail(NAME, message, f"set fsync = on {RELOAD}"))
    if on["full_page_writes"] == "off":
        message = "full_page_writes is off: a power cut may break the database"
        remedy = f"set full_page_writes = on {RELOAD} (a file system that tears no page, such as ZFS, does without)"
        found.append(fail(NAME, message, remedy))
    if on["synchronous_commit"] == "off":
        message = (
            "synchronous_commit is off: jobs are safe, since the engine sets it on for itself; a crash may lose the "
            "last moments of accounts and of the audit trail"
        )
        found.append(warn(NAME, message, f"set synchronous_commit = on {RELOAD}, or of the user or the database"))
    return found or [ok(NAME, "fsync, full_page_writes and synchronous_commit are on")]
