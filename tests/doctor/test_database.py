"""Each check on a real PostgreSQL that is well, and on one that a test has made ill."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from jobyard.doctor import server, snapshots
from jobyard.doctor.clock import check_clock
from jobyard.doctor.connections import check_connections, judge
from jobyard.doctor.days import check_days
from jobyard.doctor.durability import check_durability
from jobyard.doctor.findings import Verdict
from jobyard.doctor.patient import Patient
from jobyard.doctor.schema import check_schema
from jobyard.doctor.server import check_server
from jobyard.doctor.snapshots import check_snapshots
from jobyard.doctor.upkeep import check_upkeep
from jobyard.doctor.vacuum import check_vacuum, judge_age
from jobyard.postgres.migrations import REQUIRED
from tests.doctor.conftest import for_all, only, settings, verdicts

FSYNC = ("fsync", "full_page_writes")


# Durability ---------------------------------------------------------------------------------------------------------
async def test_a_durable_server(patient: Patient) -> None:
    async with for_all(patient, "on", *FSYNC):
        assert only(await check_durability(patient)).verdict is Verdict.OK


async def test_without_fsync(patient: Patient) -> None:
    """The tests' own server is one."""
    found = await check_durability(patient)
    assert verdicts(found) == [Verdict.FAIL, Verdict.FAIL]
    assert [finding.message.split()[0] for finding in found] == [*FSYNC]
    assert "set fsync = on" in found[0].remedy


async def test_without_synchronous_commit(patient: Patient) -> None:
    await patient.connection.execute("SET synchronous_commit = off")
    told = {finding.message.split()[0]: finding.verdict for finding in await check_durability(patient)}
    assert told["synchronous_commit"] is Verdict.WARN


# Server and schema --------------------------------------------------------------------------------------------------
async def test_a_server_that_is_well(patient: Patient) -> None:
    finding = only(await check_server(patient))
    assert (finding.verdict, finding.message.startswith("PostgreSQL ")) == (Verdict.OK, True)


async def test_a_server_that_is_too_old(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OLDEST", 99)
    finding = only(await check_server(patient))
    assert (finding.verdict, "99 is the oldest" in finding.message) == (Verdict.FAIL, True)


async def test_a_database_that_is_read_only(patient: Patient) -> None:
    await patient.connection.execute("SET default_transaction_read_only = on")
    finding = only(await check_server(patient))
    assert (finding.verdict, "default_transaction_read_only" in finding.message) == (Verdict.FAIL, True)


async def test_another_encoding(database: Any, database_url: str) -> None:
    name = f"latin_{uuid4().hex}"
    await database.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    connection = await asyncpg.connect(urlunsplit(urlsplit(database_url)._replace(path=f"/{name}")))
    try:
        finding = only(await check_server(Patient(settings(), connection)))
        assert (finding.verdict, "LATIN1" in finding.message) == (Verdict.FAIL, True)
    finally:
        await connection.close()
        await database.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_the_schema_is_that_of_the_release(patient: Patient) -> None:
    assert only(await check_schema(patient)).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("change", "verdict", "told"),
    [
        ("DROP TABLE alembic_versions", Verdict.FAIL, "no tables of Jobyard"),
        ("DELETE FROM alembic_versions", Verdict.FAIL, "no tables of Jobyard"),
        ("UPDATE alembic_versions SET version_num = '0001_accounts'", Verdict.FAIL, f"this release needs {REQUIRED}"),
        ("UPDATE alembic_versions SET version_num = '9999_later'", Verdict.WARN, "newer than this release"),
    ],
)
async def test_migrations_behind_and_ahead(
    patient: Patient, database: Any, change: str, verdict: Verdict, told: str
) -> None:
    await database.execute(change)
    finding = only(await check_schema(patient))
    assert finding.verdict is verdict
    assert told in finding.message


async def test_tables_of_somebody_else(patient: Patient, database: Any) -> None:
    name = f"stranger_{uuid4().hex}"
    await database.execute(f"CREATE ROLE {name}; GRANT SELECT ON alembic_versions TO {name}")
    try:
        await patient.connection.execute(f"SET ROLE {name}")
        finding = only(await check_schema(patient))
        assert (finding.verdict, f"{name} does not own" in finding.message) == (Verdict.FAIL, True)
    finally:
        await patient.connection.execute("RESET ROLE")
        await database.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


# Connections --------------------------------------------------------------------------------------------------------
async def add_workers(database: Any, number: int) -> None:
    await database.execute("INSERT INTO workers (name) SELECT 'w' || n FROM generate_series(1, $1::int) n", number)


async def test_enough_connections(patient: Patient, database: Any) -> None:
    await add_workers(database, 2)  # the API's own, and one beside it
    finding = only(await check_connections(patient))
    assert finding.verdict is Verdict.OK
    assert finding.message.startswith("1 × 23 for the API and 1 × 7 for workers, 31 at most")


async def test_more_workers_than_connections(patient: Patient, database: Any) -> None:
    await add_workers(database, 12)
    await database.execute("INSERT INTO workers (name, ended_at) SELECT 'gone', now() FROM generate_series(1, 90)")
    finding = only(await check_connections(patient))
    assert finding.verdict is Verdict.FAIL
    assert finding.message.endswith("101 at most; PostgreSQL gives us 97")


async def test_the_limit_of_the_database_counts_too(patient: Patient, database: Any) -> None:
    await database.execute(f"ALTER DATABASE {urlsplit(patient.settings.database_url).path[1:]} CONNECTION LIMIT 20")
    finding = only(await check_connections(patient))
    assert (finding.verdict, "gives us 20" in finding.message) == (Verdict.FAIL, True)


def test_connections_that_others_hold() -> None:
    row = {"most": 100, "reserved": 3, "of_user": -1, "of_database": -1, "of_others": 60, "workers": 3}
    assert judge(settings(), row | {"of_others": 10}).verdict is Verdict.OK
    assert judge(settings(), row).verdict is Verdict.WARN
    assert judge(settings(), row | {"of_others": 0, "of_user": 30}).verdict is Verdict.FAIL
    assert judge(settings(embedded_worker=False, api_processes=4), row).verdict is Verdict.FAIL


async def test_behind_a_pooler_its_pool_is_the_limit(patient: Patient) -> None:
    pooled = replace(patient, settings=replace(patient.settings, database_pooler="transaction", api_processes=64))
    assert only(await check_connections(pooled)).verdict is Verdict.OK


# Clock --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seconds", "verdict", "told"),
    [
        (0.0, Verdict.OK, "differ by"),
        (30.0, Verdict.WARN, "30 s ahead of"),
        (-30.0, Verdict.WARN, "30 s behind"),
        (3600.0, Verdict.FAIL, "60 min ahead of"),
        (-90_000.0, Verdict.FAIL, "25 h behind"),
    ],
)
async def test_clocks_that_differ(patient: Patient, seconds: float, verdict: Verdict, told: str) -> None:
    off = replace(patient, now=lambda: time.time() + seconds)
    finding = only(await check_clock(off))
    assert finding.verdict is verdict
    assert told in finding.message


# Days ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ahead", "verdict", "told"),
    [
        (0, Verdict.FAIL, "no partition for today: job_events"),
        (1, Verdict.FAIL, "for tomorrow"),
        (4, Verdict.WARN, "in 4 days"),
        (7, Verdict.OK, "has its days"),
    ],
)
async def test_days_that_are_missing(patient: Patient, database: Any, ahead: int, verdict: Verdict, told: str) -> None:
    day = datetime.now(UTC).date() + timedelta(days=ahead)
    await database.execute("SELECT make_partitions($1, 9)", datetime.now(UTC).date() - timedelta(days=1))
    await database.execute(f"DROP TABLE job_events_{day:%Y%m%d}")
    finding = only(await check_days(patient))
    assert finding.verdict is verdict
    assert told in finding.message


# Upkeep -------------------------------------------------------------------------------------------------------------
WAITING = (
    "INSERT INTO live_jobs (place, run_at, owner_id, lane, id, kind, payload) SELECT "
    "now() - interval '10 min', now(), 1, id, gen_random_uuid(), 'demo.echo', '{}' FROM lanes"
)
ALIVE = "INSERT INTO workers (name) VALUES ('walt')"


@pytest.mark.parametrize(
    ("statements", "verdict", "told"),
    [
        ([], Verdict.WARN, "no worker is alive"),
        ([WAITING], Verdict.FAIL, "a job has been waiting for 10 min"),
        ([ALIVE], Verdict.FAIL, "none has ever led"),
        (
            [ALIVE, "INSERT INTO leaders VALUES ('upkeep', 1, now() - interval '3 min')"],
            Verdict.FAIL,
            "none has led for 3 min",
        ),
        ([ALIVE, WAITING, "INSERT INTO leaders VALUES ('upkeep', 1, now() + interval '5 s')"], Verdict.OK, "1 alive"),
        ([ALIVE, "UPDATE workers SET beat_at = now() - interval '1 h'"], Verdict.WARN, "no worker is alive"),
    ],
)
async def test_who_works_and_who_leads(
    patient: Patient, database: Any, statements: list[str], verdict: Verdict, told: str
) -> None:
    for statement in statements:
        await database.execute(statement)
    finding = only(await check_upkeep(patient))
    assert finding.verdict is verdict
    assert told in finding.message


# Snapshots ----------------------------------------------------------------------------------------------------------
async def test_nobody_holds_anything_back(patient: Patient) -> None:
    assert only(await check_snapshots(patient)).verdict is Verdict.OK


@pytest.mark.parametrize("beginning", ["SELECT 1", "SELECT pg_current_xact_id()"])
async def test_a_transaction_that_is_forgotten(
    patient: Patient, database_url: str, monkeypatch: pytest.MonkeyPatch, beginning: str
) -> None:
    forgotten = await asyncpg.connect(database_url, server_settings={"application_name": "a report"})
    try:
        async with forgotten.transaction(isolation="repeatable_read"):
            await forgotten.execute(beginning)
            assert only(await check_snapshots(patient)).verdict is Verdict.OK  # not yet
            monkeypatch.setattr(snapshots, "LONG_SECONDS", 0.0)
            finding = only(await check_snapshots(patient))
            assert finding.verdict is Verdict.WARN
            pid = forgotten.get_server_pid()
            assert f"session {pid} (a report of jobyard, idle in transaction)" in finding.message
            assert finding.remedy == f"end it: SELECT pg_terminate_backend({pid})"
            monkeypatch.setattr(snapshots, "TOO_LONG_SECONDS", 0.0)
            assert only(await check_snapshots(patient)).verdict is Verdict.FAIL
    finally:
        await forgotten.close()


async def test_who_may_not_see_other_sessions_is_told(patient: Patient, database: Any) -> None:
    name = f"blind_{uuid4().hex}"
    await database.execute(f"CREATE ROLE {name}")
    try:
        await patient.connection.execute(f"SET ROLE {name}")
        assert "GRANT pg_read_all_stats" in only(await check_snapshots(patient)).message
    finally:
        await patient.connection.execute("RESET ROLE")
        await database.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize(
    ("row", "verdict", "told"),
    [
        (("slot", "lost", "pgoutput", "inactive", None, 2_000_000), Verdict.WARN, "slot lost (pgoutput, inactive)"),
        (("slot", "lost", "pgoutput", "inactive", None, 90_000_000), Verdict.FAIL, "90,000,000 transactions"),
        (("standby", "second", "10.0.0.7", "streaming", None, 2_000_000), Verdict.WARN, "standby second"),
        (("prepared", "x1", "ann", "", 90_000.0, 3), Verdict.FAIL, "prepared transaction x1 of ann"),
        (("slot", "new", "pgoutput", "active", None, 10), None, ""),
    ],
)
def test_slots_standbys_and_prepared_transactions(row: tuple[Any, ...], verdict: Verdict | None, told: str) -> None:
    """The tests' server has none of these: what the query tells of them is judged."""
    columns = ("sort", "name", "who", "state", "seconds", "transactions")
    finding = snapshots.judge(dict(zip(columns, row, strict=True)))
    assert (finding.verdict if finding else None) is verdict
    if finding is not None:
        assert told in finding.message
        assert row[1] in finding.remedy or row[0] == "standby"


# Vacuum -------------------------------------------------------------------------------------------------------------
async def test_vacuum_keeps_up(patient: Patient) -> None:
    assert only(await check_vacuum(patient)).verdict is Verdict.OK


async def test_autovacuum_is_off_for_all(patient: Patient) -> None:
    async with for_all(patient, "off", "autovacuum"):
        finding = only(await check_vacuum(patient))
    assert (finding.verdict, "autovacuum is off:" in finding.message) == (Verdict.FAIL, True)


async def test_autovacuum_is_off_for_a_table(patient: Patient, database: Any) -> None:
    await database.execute("ALTER TABLE live_jobs SET (autovacuum_enabled = off)")
    finding = only(await check_vacuum(patient))
    assert finding.verdict is Verdict.FAIL
    assert finding.remedy == "ALTER TABLE live_jobs RESET (autovacuum_enabled)"


async def test_dead_rows_that_stay(patient: Patient, database: Any) -> None:
    await database.execute("ALTER TABLE live_jobs SET (autovacuum_vacuum_threshold = 1000000)")
    for _ in range(60):
        await database.execute(WAITING)
    await database.execute("DELETE FROM live_jobs; SELECT pg_stat_force_next_flush()")
    await database.execute("SELECT 1")
    assert only(await check_vacuum(patient)).verdict is Verdict.OK
    finding = only(await check_vacuum(patient, many_dead=50))
    assert finding.verdict is Verdict.WARN
    assert finding.message == "live_jobs has 60 dead rows beside 0 (vacuumed never)"


def test_how_near_the_server_is_to_stopping() -> None:
    assert judge_age(300_000_000, 200_000_000) == []
    assert verdicts(judge_age(500_000_000, 200_000_000)) == [Verdict.WARN]
    assert verdicts(judge_age(1_500_000_000, 200_000_000)) == [Verdict.FAIL]
