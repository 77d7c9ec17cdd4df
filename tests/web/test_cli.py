import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest

from jobyard.cli import main
from jobyard.postgres import migrations
from jobyard.postgres.embedded import EmbeddedPostgres

SECRET = "4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ"
ANN = {"email": "Ann@example.org", "password": "rather long and odd"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")}
    return subprocess.run(
        [sys.executable, "-m", "jobyard", *arguments],
        env=kept | {"PYTHONPATH": str(Path(__file__).parents[2] / "backend")} | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize(
    "command", ["serve", "worker", "migrate", "admin x@example.org", "invite x@example.org", "users list"]
)
def test_wrong_settings_are_one_clear_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOBYARD_DATABASE_URL", "postgresql://localhost/x")
    monkeypatch.setenv("JOBYARD_SECRET", "changeme" * 8)
    assert main(command.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("jobyard: JOBYARD_SECRET can be guessed")
    assert "changeme" not in told.err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["admin"], ["serve", "--port", "1"]])
def test_a_wrong_call(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: jobyard" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    told = capsys.readouterr().out
    for name in ("serve", "worker", "migrate", "doctor", "users", "admin", "invite", "openapi", "up"):
        assert f"\n    {name} " in told


async def test_invite(make_client: Any, database_url: str) -> None:
    settings = {
        "JOBYARD_DATABASE_URL": database_url,
        "JOBYARD_SECRET": SECRET,
        "JOBYARD_PUBLIC_URL": "http://localhost:8080",
    }
    done = run("invite", "ann@example.org", **settings)
    assert (done.returncode, done.stderr) == (0, "")
    page, _, token = done.stdout.strip().partition("#invitation=")
    assert page == "http://localhost:8080/app/signup"
    client = await make_client(signup="invite")
    assert (await client.post("/signup", json=ANN | {"invitation": token})).status_code == 201
    again = run("invite", "ann@example.org", **settings)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "jobyard: There is an account with the email ann@example.org already.\n"
    assert run("invite", "nobody", **settings).returncode == 1


async def test_admin(client: httpx.AsyncClient, database: Any, database_url: str) -> None:
    settings = {
        "JOBYARD_DATABASE_URL": database_url,
        "JOBYARD_SECRET": SECRET,
        "JOBYARD_PUBLIC_URL": "http://localhost:8080",
    }
    missing = run("admin", "ann@example.org", **settings)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "jobyard: There is no user 'ann@example.org': `users list` shows who there is.\n"
    await client.post("/signup", json=ANN)
    done = run("admin", "ANN@example.org", **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert await database.fetchval("SELECT role FROM users") == "admin"
    line = await database.fetchrow("SELECT * FROM audit WHERE action = 'role_changed'")
    assert (line["actor_kind"], line["detail"]) == ("system", '{"to": "admin", "from": "user"}')
    assert (await client.post("/login", json=ANN)).json()["user"]["role"] == "admin"


def test_migrate_says_when_there_is_no_database(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(migrations.upgrade, "__kwdefaults__", {"wait_seconds": 0.5})
    monkeypatch.setattr(migrations, "TELL_SECONDS", 0.1)
    monkeypatch.setenv("JOBYARD_DATABASE_URL", "postgresql://jobyard:hidden@127.0.0.1:1/jobyard")
    monkeypatch.setenv("JOBYARD_SECRET", SECRET)
    monkeypatch.setenv("JOBYARD_PUBLIC_URL", "http://localhost:8080")
    assert main(["migrate"]) == 1
    waits, fails = capsys.readouterr().err.splitlines()
    assert waits.startswith("jobyard: waiting for the database at 127.0.0.1:1/jobyard, for 30 s at most: ")
    assert fails.startswith("jobyard: the database cannot be reached at 127.0.0.1:1/jobyard: ")
    assert fails.endswith(". Start it, or set JOBYARD_DATABASE_URL to where it is")
    assert "hidden" not in waits + fails


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"path": "/nowhere"}])
async def test_migrate_says_in_a_line_that_an_address_is_wrong(database_url: str, wrong: dict[str, str]) -> None:
    url = urlsplit(database_url)
    netloc = url.netloc.replace(f":{url.password}@", ":wrong@") if "password" in wrong else url.netloc
    done = run(
        "migrate",
        JOBYARD_DATABASE_URL=url._replace(netloc=netloc, path=wrong.get("path", url.path)).geturl(),
        JOBYARD_SECRET=SECRET,
        JOBYARD_PUBLIC_URL="http://localhost:8080",
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("jobyard: the database cannot be reached at ")


def test_migrate_does_not_wait_for_a_wrong_option_to_become_right(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(migrations.upgrade, "__kwdefaults__", {"wait_seconds": 3600.0})
    monkeypatch.setenv("JOBYARD_DATABASE_URL", "postgresql://127.0.0.1:1/jobyard?sslmode=bogus")
    monkeypatch.setenv("JOBYARD_SECRET", SECRET)
    monkeypatch.setenv("JOBYARD_PUBLIC_URL", "http://localhost:8080")
    assert main(["migrate"]) == 1
    assert "sslmode" in capsys.readouterr().err


def test_migrations_go_up_down_and_up_again(empty_database_url: str) -> None:
    url = empty_database_url
    migrations.upgrade(url)
    first = schema_of(url)
    migrations.downgrade(url, "base")
    assert schema_of(url) == ["alembic_versions"]
    migrations.upgrade(url)
    assert schema_of(url) == first
    migrations.upgrade(url)  # nothing left to do
    migrations._commands(url).check()  # pyright: ignore[reportPrivateUsage] - raises where models and tables differ


def test_this_release_asks_for_its_newest_migration() -> None:
    newest = max(path.stem for path in (migrations.FOLDER / "versions").glob("[0-9]*.py"))
    assert newest == migrations.REQUIRED


def schema_of(url: str) -> list[str]:
    async def read() -> list[str]:
        connection = await asyncpg.connect(url)
        try:
            rows = await connection.fetch(
                "SELECT relname FROM pg_class "
                "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') "
                "UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
            )
            return [row[0] for row in rows]
        finally:
            await connection.close()

    return asyncio.run(read())


@pytest.fixture
def empty_database_url(postgres_server: EmbeddedPostgres) -> Any:
    name = f"empty_{uuid4().hex}"
    parts = urlsplit(postgres_server.url)

    async def say(statement: str) -> None:
        connection = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
        await connection.execute(statement)
        await connection.close()

    asyncio.run(say(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield urlunsplit(parts._replace(path=f"/{name}"))
    asyncio.run(say(f"DROP DATABASE {name} WITH (FORCE)"))
