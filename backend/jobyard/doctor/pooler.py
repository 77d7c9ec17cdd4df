"""Whether what stands between this process and PostgreSQL is what the settings say."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from jobyard.doctor.findings import Finding, fail, ok, warn
from jobyard.doctor.patient import Patient
from jobyard.postgres.connections import ENGINE_SETTINGS, Connection, open_connection
from jobyard.postgres.pooler import Pooler, PoolerError
from jobyard.postgres.queries import query

NAME = "pooler"
PAIRS = 5
CONNECTION_SETTINGS = {"application_name": "jobyard-doctor"}
MODE = "set JOBYARD_DATABASE_POOLER=transaction, and JOBYARD_DATABASE_DIRECT_URL to PostgreSQL itself"


async def check_pooler(patient: Patient) -> Sequence[Finding]:
    """The engine's settings must arrive; a session must be a session where one is needed."""
    settings, mode = patient.settings, Pooler(patient.settings.database_pooler)
    if not settings.session_url:
        message = "there is no way past the pooler: other processes' jobs are found by polling, and nothing can migrate"
        return [warn(NAME, message, "set JOBYARD_DATABASE_DIRECT_URL to the address of PostgreSQL itself")]
    try:
        if mode is not Pooler.TRANSACTION and await _shares_sessions(settings.database_url, mode):
            return [fail(NAME, f"the pooler is in transaction mode, and JOBYARD_DATABASE_POOLER says {mode}", MODE)]
    except PoolerError as error:
        return [fail(NAME, str(error), MODE)]
    if settings.database_direct_url:
        if await _shares_sessions(settings.database_direct_url, Pooler.SESSION):
            message = "JOBYARD_DATABASE_DIRECT_URL leads to a pooler in transaction mode: notifications get lost there"
            return [fail(NAME, message, "set it to the address of PostgreSQL itself")]
        if not await _is_same_place(patient):
            message = "JOBYARD_DATABASE_DIRECT_URL leads to another database than JOBYARD_DATABASE_URL"
            return [fail(NAME, message, "let both lead to the same one")]
    return [ok(NAME, "none is noticed" if mode is Pooler.NONE else f"in {mode} mode, as the settings say")]


async def _shares_sessions(url: str, mode: Pooler) -> bool:
    """Whether two clients that are connected at a time are served by one session, as in transaction mode alone."""
    # Where a pooler is known of, nothing is SET: it could stay in a session that others use.
    given = ENGINE_SETTINGS if mode is Pooler.NONE else CONNECTION_SETTINGS
    async with AsyncExitStack() as stack:
        pair: list[Any] = []
        for _ in range(2):
            pair.append(await open_connection(url, given, mode, statement_cache_size=0))
            stack.push_async_callback(pair[-1].close, timeout=5)
        for _ in range(PAIRS):
            first, second = [await _place(one) for one in pair]
            if (first["pid"], first["since"]) == (second["pid"], second["since"]):
                return True
    return False


async def _place(connection: Connection) -> Any:
    async with connection.transaction():  # a pooler could prepare a statement in one session, and run it in another
        return await connection.fetchrow(query("doctor/place"))


async def _is_same_place(patient: Patient) -> bool:
    direct = await open_connection(patient.settings.database_direct_url, CONNECTION_SETTINGS)
    try:
        there = await _place(direct)
    finally:
        await direct.close(timeout=5)
    here = await patient.row("place")
    return (here["system_identifier"], here["name"]) == (there["system_identifier"], there["name"])
