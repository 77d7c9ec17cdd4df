"""Who keeps dead rows from being taken away, and the statistics from being counted."""

from collections.abc import Sequence
from typing import Any

from jobyard.doctor.findings import Finding, Verdict, duration, fail, ok, warn
from jobyard.doctor.patient import Patient

NAME = "snapshots"
LONG_SECONDS, TOO_LONG_SECONDS = 600.0, 86_400.0
MANY_TRANSACTIONS, TOO_MANY_TRANSACTIONS = 1_000_000, 50_000_000
REMEDIES = {
    "transaction": "end it: SELECT pg_terminate_backend({name})",
    "prepared": "finish it: ROLLBACK PREPARED '{name}', or COMMIT PREPARED",
    "standby": "look at the long queries of that standby, or set hot_standby_feedback = off there",
    "slot": "if nobody reads it any more: SELECT pg_drop_replication_slot('{name}')",
}
WHAT = {
    "transaction": "transaction of session {name} ({who}{state})",
    "prepared": "prepared transaction {name} of {who}",
    "standby": "standby {name}",
    "slot": "replication slot {name} ({who}{state})",
}


async def check_snapshots(patient: Patient) -> Sequence[Finding]:
    """The worst three are told: an old one makes claims step over more and more, and the tables grow."""
    judged = [finding for row in await patient.rows("snapshots") if (finding := judge(row)) is not None]
    worst = sorted(judged, key=lambda finding: finding.verdict is not Verdict.FAIL)[:3]
    if worst:
        return worst
    sees_all = (await patient.row("sees_all"))["sees_all"]
    blind = "" if sees_all else " (as far as this user may look: GRANT pg_read_all_stats shows others' sessions)"
    return [ok(NAME, f"no old transaction, prepared transaction, standby or slot holds anything back{blind}")]


def judge(row: Any) -> Finding | None:
    """What is to be said of one row of queries/doctor/snapshots.sql; None: it is young."""
    seconds, transactions = row["seconds"], row["transactions"] or 0
    if seconds is None:
        far, too_far = transactions >= MANY_TRANSACTIONS, transactions >= TOO_MANY_TRANSACTIONS
        age = f"{transactions:,} transactions"
    else:
        far, too_far = seconds >= LONG_SECONDS, seconds >= TOO_LONG_SECONDS
        age = duration(seconds)
    if not far:
        return None
    quoted = str(row["name"]).replace("'", "''")  # of a prepared transaction it is any text, and the remedy is SQL
    named = {"name": quoted, "who": row["who"], "state": f", {row['state']}" if row["state"] else ""}
    message = f"a {WHAT[row['sort']].format(**named)} holds back vacuum and statistics for {age}"
    return (fail if too_far else warn)(NAME, message, REMEDIES[row["sort"]].format(**named))
