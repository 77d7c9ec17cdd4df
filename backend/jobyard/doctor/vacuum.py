"""Whether dead rows are taken away."""

from collections.abc import Sequence

from jobyard.doctor.findings import Finding, duration, fail, ok, warn
from jobyard.doctor.patient import Patient

NAME = "vacuum"
MANY_DEAD = 200_000
"""live_jobs asks for a vacuum at 20,000: ten times as many have not been taken away."""
STOPS_AT = 2_147_000_000
ON = "in postgresql.conf, and run SELECT pg_reload_conf()"


async def check_vacuum(patient: Patient, *, many_dead: int = MANY_DEAD) -> Sequence[Finding]:
    """Off for all, off for a table, behind, or so far behind that the server will stop."""
    found: list[Finding] = []
    for name, value in (await patient.parameters("autovacuum", "track_counts")).items():
        if value == "off":
            message = f"{name} is off: tables grow without end, and the server stops in the end"
            found.append(fail(NAME, message, f"set {name} = on {ON}"))
    tables = await patient.rows("tables")
    for table in tables:
        if table["is_off"]:
            message = f"autovacuum is off for {table['name']}"
            found.append(fail(NAME, message, f"ALTER TABLE {table['name']} RESET (autovacuum_enabled)"))
    behind = next((one for one in tables if one["dead"] >= many_dead and one["dead"] > one["live"]), None)
    if behind is not None:
        since = "never" if behind["seconds"] is None else f"{duration(behind['seconds'])} ago"
        message = f"{behind['name']} has {behind['dead']:,} dead rows beside {behind['live']:,} (vacuumed {since})"
        found.append(warn(NAME, message, f"VACUUM {behind['name']}; if they stay, somebody keeps an old snapshot"))
    freezing = await patient.row("freezing")
    found += judge_age(freezing["transactions"], freezing["frozen_at"])
    return found or [ok(NAME, "autovacuum is on, and keeps up")]


def judge_age(transactions: int, frozen_at: int) -> Sequence[Finding]:
    """How near the server is to stopping. From `frozen_at` on autovacuum works against it, also where it is off."""
    if transactions < 2 * frozen_at:
        return []
    message = f"the oldest row is {transactions:,} transactions old: at {STOPS_AT:,} the server stops"
    verdict = fail if transactions > STOPS_AT // 2 else warn
    return [verdict(NAME, message, "end what holds old snapshots, and run VACUUM (FREEZE) on the whole database")]
