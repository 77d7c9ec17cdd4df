"""`jobyard doctor` as a whole: its order, its words, its exit code, and that it changes nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from jobyard.cli import main
from jobyard.doctor import durability, examination
from jobyard.doctor.findings import Finding, Verdict, ok, warn
from jobyard.doctor.patient import Patient
from tests.doctor.conftest import SECRET, settings

Run = Callable[..., Awaitable[tuple[int, str]]]
EVERY_CHECK = ["secret", "front door", *examination.CHECKS]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `jobyard doctor` in a thread, since it has a loop of its own: exit code and output."""
    for name, value in (("DATABASE_URL", database_url), ("SECRET", SECRET), ("PUBLIC_URL", "https://a.example")):
        monkeypatch.setenv(f"JOBYARD_{name}", value)

    async def doctor(*arguments: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ["doctor", *arguments])
        told = capsys.readouterr()
        assert told.err == ""
        return code, told.out

    return doctor


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own server has no fsync: let that be no matter."""

    async def check(_: Patient) -> list[Finding]:
        return [ok(durability.NAME, "as if")]

    monkeypatch.setitem(examination.CHECKS, durability.NAME, check)


async def test_a_line_for_each_check_and_exit_code_0_where_none_fails(run: Run, durable: None, tmp_path: Path) -> None:
    code, told = await run("--disk", str(tmp_path))
    lines = told.splitlines()
    assert [line[6:18].strip() for line in lines] == ["secret", "front door", "disk", *examination.CHECKS]
    assert {line[:6] for line in lines} <= {"ok    ", "warn  "}
    assert next(line for line in lines if "upkeep" in line) == (
        "warn  upkeep       no worker is alive. Start a worker: python -m jobyard worker (./just worker), "
        "or the API with JOBYARD_EMBEDDED_WORKER=true."
    )
    assert code == 0


async def test_exit_code_1_where_one_fails(run: Run) -> None:
    code, told = await run()
    assert code == 1
    assert "\nfail  durability   fsync is off" in told


async def test_as_json(run: Run) -> None:
    code, text = await run("--json")
    told = json.loads(text)
    assert (code, told["failed"]) == (1, True)
    assert list(dict.fromkeys(finding["check"] for finding in told["findings"])) == EVERY_CHECK
    failed = next(finding for finding in told["findings"] if finding["verdict"] == "fail")
    assert set(failed) == {"check", "verdict", "message", "remedy"}


async def test_wrong_settings_are_a_finding(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBYARD_SECRET", "changeme" * 8)
    code, told = await run()
    assert code == 1
    assert told.startswith("fail  settings     JOBYARD_SECRET can be guessed")
    assert "changeme" not in told


async def test_a_database_that_is_away_is_told_without_its_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBYARD_DATABASE_URL", "postgresql://jobyard:hunter2@127.0.0.1:1/jobyard")
    code, told = await run()
    assert code == 1
    assert "fail  server       the database cannot be reached at 127.0.0.1:1/jobyard" in told
    assert "hunter2" not in told


async def test_an_empty_database_is_told_once(run: Run, durable: None, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    code, told = await run()
    assert code == 1
    assert [line.split()[1] for line in told.splitlines() if line.startswith("fail")] == ["schema"]
    assert "warn  upkeep       could not be looked at: relation" in told


async def test_a_check_that_breaks_stops_no_other(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(patient: Patient) -> list[Finding]:
        await patient.connection.execute("SELECT 1 / 0")
        return []

    async def writes(patient: Patient) -> list[Finding]:
        await patient.connection.execute("DELETE FROM lanes")
        return []

    async def hangs(_: Patient) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(examination, "CHECK_SECONDS", 1.0)
    monkeypatch.setattr(
        examination, "CHECKS", {"breaks": breaks, "writes": writes, "hangs": hangs, "server": check_last}
    )
    found = {finding.check: finding for finding in await examination.examine(settings(database_url))}
    for name, told in (("breaks", "division by zero"), ("writes", "read-only transaction"), ("hangs", "TimeoutError")):
        assert found[name].verdict is Verdict.WARN
        assert told in found[name].message
    assert found["server"].message == "it was asked"


async def check_last(patient: Patient) -> list[Finding]:
    await patient.connection.fetchval("SELECT 1")
    return [warn("server", "it was asked", "nothing")]


def test_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> Any:
    with pytest.raises(SystemExit) as exit_:
        main(["doctor", "--fix"])
    assert exit_.value.code == 2
    assert "usage: jobyard" in capsys.readouterr().err
