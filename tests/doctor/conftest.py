"""A patient on a database of its own, and words for what a check found."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from jobyard.doctor.findings import Finding, Verdict
from jobyard.doctor.patient import Patient
from jobyard.settings import Settings

ARE = "SELECT bool_and(current_setting(n) = v) FROM unnest($1::text[], $2::text[]) s (n, v)"
SECRET = "4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ"


def settings(url: str = "postgresql://127.0.0.1:1/none", **changes: Any) -> Settings:
    """Settings that are well."""
    return replace(Settings(True, url, SECRET, "https://jobs.example.org"), **changes)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """A connection by which a test makes the patient ill."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def patient(database_url: str, database: object) -> AsyncIterator[Patient]:
    connection = await asyncpg.connect(database_url)
    yield Patient(settings(database_url), connection)
    await connection.close()


def verdicts(found: Sequence[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in found]


def only(found: Sequence[Finding]) -> Finding:
    """The one finding. Whatever is not well says what to do, and nothing that is well does."""
    (finding,) = found
    assert bool(finding.remedy) == (finding.verdict is not Verdict.OK)
    return finding


@asynccontextmanager
async def for_all(patient: Patient, value: str, *names: str) -> AsyncGenerator[None]:
    """Parameters of the whole server, for the block: the patient's session has them, and afterwards no more."""
    connection = patient.connection
    before = {name: await connection.fetchval("SELECT current_setting($1)", name) for name in names}
    try:
        for name in names:
            await connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        await connection.execute("SELECT pg_reload_conf()")
        await until(lambda: connection.fetchval(ARE, [*names], [value] * len(names)))
        yield
    finally:
        for name in names:
            await connection.execute(f"ALTER SYSTEM RESET {name}")
        await connection.execute("SELECT pg_reload_conf()")
        await until(lambda: connection.fetchval(ARE, [*before], [*before.values()]))


async def until(condition: Callable[[], Any]) -> None:
    """Wait until the database says yes."""
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - the database cannot call back
            await asyncio.sleep(0.02)
