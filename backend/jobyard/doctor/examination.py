"""The whole examination: settings, disks, and then the database, check by check."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from jobyard.doctor.clock import check_clock
from jobyard.doctor.connections import check_connections
from jobyard.doctor.days import check_days
from jobyard.doctor.disk import check_disks
from jobyard.doctor.durability import check_durability
from jobyard.doctor.findings import Finding, fail, warn
from jobyard.doctor.front_door import check_front_door
from jobyard.doctor.patient import Check, Patient
from jobyard.doctor.pooler import CONNECTION_SETTINGS, check_pooler
from jobyard.doctor.schema import check_schema
from jobyard.doctor.secret import check_secret
from jobyard.doctor.server import check_server
from jobyard.doctor.snapshots import check_snapshots
from jobyard.doctor.upkeep import check_upkeep
from jobyard.doctor.vacuum import check_vacuum
from jobyard.postgres.connections import AWAY, open_connection
from jobyard.postgres.pooler import Pooler
from jobyard.settings import Settings

CHECK_SECONDS = 20.0
STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '10s'"

CHECKS: dict[str, Check] = {
    "server": check_server,
    "schema": check_schema,
    "durability": check_durability,
    "pooler": check_pooler,
    "connections": check_connections,
    "clock": check_clock,
    "upkeep": check_upkeep,
    "days": check_days,
    "snapshots": check_snapshots,
    "vacuum": check_vacuum,
}


async def examine(settings: Settings, disks: Sequence[Path] = ()) -> list[Finding]:
    """Everything that can be looked at, in a fixed order. It raises nothing that the patient could cause."""
    found = [*check_secret(settings), *check_front_door(settings), *check_disks(disks)]
    mode = Pooler(settings.database_pooler)
    try:
        connection = await open_connection(settings.database_url, CONNECTION_SETTINGS, mode, statement_cache_size=0)
    except (*AWAY, asyncpg.PostgresError) as error:
        message = f"the database cannot be reached at {settings.database_place}: {str(error) or type(error).__name__}"
        return [*found, fail("server", message, "start PostgreSQL, or mend JOBYARD_DATABASE_URL")]
    try:
        for name, check in CHECKS.items():
            found += await _checked(name, check, Patient(settings, connection))
    finally:
        connection.terminate()
    return found


async def _checked(name: str, check: Check, patient: Patient) -> Sequence[Finding]:
    """One check in a transaction of its own; where it breaks, the others go on."""
    try:
        async with asyncio.timeout(CHECK_SECONDS), patient.connection.transaction(readonly=True):
            await patient.connection.execute(STATEMENT_TIMEOUT)
            return await check(patient)
    except (*AWAY, asyncpg.PostgresError) as error:
        remedy = "where tables are missing, migrate first; else look into PostgreSQL's log"
        return [warn(name, f"could not be looked at: {str(error) or type(error).__name__}", remedy)]
