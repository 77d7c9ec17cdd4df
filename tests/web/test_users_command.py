"""`jobyard users …`: what an operator sees and changes, what it says, and what the audit trail tells of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from jobyard.cli import main
from tests.web.conftest import ORIGIN, SECRET

PASSWORD = "rather long and odd"

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def run(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `jobyard users …`: its exit code, output and errors. In a thread: a command has a loop of its own."""
    for name, value in (("DATABASE_URL", database_url), ("SECRET", SECRET), ("PUBLIC_URL", ORIGIN)):
        monkeypatch.setenv(f"JOBYARD_{name}", value)

    async def users(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()  # what requests have logged
        code = await asyncio.to_thread(main, ["users", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return users


@pytest.fixture
async def people(client: httpx.AsyncClient) -> dict[str, dict[str, str]]:
    """Ann and Bob, signed up: their headers."""
    headers: dict[str, dict[str, str]] = {}
    for name in ("ann", "bob"):
        body = {"email": f"{name}@example.org", "password": PASSWORD, "name": name.title()}
        token = (await client.post("/signup", json=body)).json()["access_token"]
        headers[name] = {"Authorization": f"Bearer {token}"}
        client.cookies.clear()
    return headers


async def actions(database: Any) -> list[tuple[str, str, str]]:
    """What the trail says that the operator did: action, by whom, in whose trail."""
    rows = await database.fetch(
        "SELECT action, actor_kind, u.email FROM audit a JOIN users u ON u.key = a.user_key "
        "WHERE actor_kind = 'system' ORDER BY a.id"
    )
    return [tuple(row) for row in rows]


async def test_list(run: Run, people: object, database: Any) -> None:
    code, told, error = await run("list")
    assert (code, error) == (0, "")
    lines = [line.split() for line in told.splitlines()]
    assert lines[0] == ["email", "role", "state", "since", "id"]
    assert [line[:3] for line in lines[1:]] == [
        ["bob@example.org", "user", "unverified"],
        ["ann@example.org", "user", "unverified"],
    ]
    code, told, _ = await run("list", "--search", "ANN@", "--json")
    assert [(user["email"], user["name"], user["disabled_at"]) for user in json.loads(told)] == [
        ("ann@example.org", "Ann", None)
    ]
    assert len(json.loads((await run("list", "--limit", "1", "--json"))[1])) == 1
    assert (await run("list", "--search", "nobody"))[1] == "No user has 'nobody' in its email or name.\n"
    await database.execute("UPDATE users SET email = E'\\x1b[2J' || email")
    assert "\x1b" not in (await run("list"))[1]


async def test_list_finds_what_is_far_down(run: Run, people: object, database: Any) -> None:
    """A page of a search reads 2,000 users: the command goes on."""
    await database.execute(
        "INSERT INTO users (id, email, email_folded, name, password_hash, role) "
        "SELECT gen_random_uuid(), e, e, '', 'none', 'user' FROM (SELECT 'x' || n AS e FROM generate_series(1, 2100) n)"
    )
    assert [user["email"] for user in json.loads((await run("list", "--search", "ann", "--json"))[1])] == [
        "ann@example.org"
    ]
    assert len(json.loads((await run("list", "--limit", "450", "--json"))[1])) == 450


async def test_show_by_email_and_by_id(run: Run, people: object) -> None:
    code, told, _ = await run("show", " Ann@Example.org", "--json")
    assert code == 0
    ann = json.loads(told)
    assert (ann["email"], ann["role"], ann["sessions"], ann["weight"]) == ("ann@example.org", "user", 1, 10)
    code, told, _ = await run("show", ann["id"])
    assert dict(line.split(maxsplit=1) for line in told.splitlines() if len(line.split()) > 1)["name"] == "Ann"


@pytest.mark.parametrize("whom", ["nobody@example.org", "nobody", "", "0198f3a2-5c1d-7000-8000-000000000000", "a\tb"])
async def test_nobody(run: Run, people: object, whom: str) -> None:
    for command in (["show", whom], ["disable", whom], ["role", whom, "admin"], ["sessions", "revoke", whom]):
        code, told, error = await run(*command)
        assert (code, told) == (1, "")
        assert error == f"jobyard: There is no user {whom!r}: `users list` shows who there is.\n"


async def test_disable_and_enable(
    run: Run, client: httpx.AsyncClient, people: dict[str, dict[str, str]], database: Any
) -> None:
    login = {"email": "ann@example.org", "password": PASSWORD}
    code, told, _ = await run("disable", "ann@example.org")
    assert code == 0
    assert told.startswith("ann@example.org is disabled: signed out")
    assert (await run("disable", "ann@example.org"))[1] == "ann@example.org is disabled already.\n"
    assert (await client.post("/login", json=login)).status_code == 403
    assert await database.fetchval("SELECT count(*) FROM users WHERE held_at IS NOT NULL") == 1
    assert "disabled" in (await run("list", "--search", "ann"))[1]
    assert (await run("enable", "ann@example.org"))[1] == "ann@example.org may sign in again.\n"
    assert (await run("enable", "ann@example.org"))[1] == "ann@example.org is not disabled.\n"
    assert (await client.post("/login", json=login)).status_code == 200
    assert (await client.get("/me", headers=people["bob"])).status_code == 200
    assert await actions(database) == [
        ("user_disabled", "system", "ann@example.org"),
        ("user_enabled", "system", "ann@example.org"),
    ]


async def test_roles_and_the_last_administrator(run: Run, people: object, database: Any) -> None:
    assert (await run("role", "ann@example.org", "admin"))[1] == "ann@example.org is an administrator now.\n"
    assert (await run("role", "ann@example.org", "admin"))[1] == "ann@example.org is an administrator already.\n"
    for command in (["role", "ann@example.org", "user"], ["disable", "ann@example.org"]):
        code, told, error = await run(*command)
        assert (code, told) == (1, "")
        assert "ann@example.org is the last administrator" in error
    await run("role", "bob@example.org", "admin")
    assert (await run("role", "ann@example.org", "user"))[1] == "ann@example.org is no administrator now.\n"
    assert [action for action, _, _ in await actions(database)] == ["role_changed"] * 3


async def test_sessions(
    run: Run, client: httpx.AsyncClient, people: dict[str, dict[str, str]], make_client: Any, database: Any
) -> None:
    login = {"email": "ann@example.org", "password": PASSWORD}
    second = (await client.post("/login", json=login, headers={"User-Agent": "Lynx"})).json()["access_token"]
    code, told, _ = await run("sessions", "list", "ann@example.org", "--json")
    assert code == 0
    newest, oldest = json.loads(told)
    assert (newest["device"], newest["address"]) == ("Lynx", "192.0.2.1")
    assert "Lynx" in (await run("sessions", "list", "ann@example.org"))[1]
    one = ("sessions", "revoke", "ann@example.org", "--session", newest["id"])
    assert (await run(*one))[1] == "Ended 1 session of ann@example.org. Access ends within a minute.\n"
    code, _, error = await run(*one)
    assert (code, error) == (1, f"jobyard: ann@example.org has no session {newest['id']}, or it has ended.\n")
    assert (await run("sessions", "revoke", "bob@example.org", "--session", oldest["id"]))[0] == 1
    elsewhere = await make_client()  # a process that remembers nobody
    assert (await elsewhere.get("/me", headers={"Authorization": f"Bearer {second}"})).status_code == 401
    assert (await elsewhere.get("/me", headers=people["ann"])).status_code == 200
    await client.post("/login", json=login)
    assert (await run("sessions", "revoke", "ann@example.org"))[1].startswith("Ended 2 sessions of ann@example.org.")
    assert (await run("sessions", "revoke", "ann@example.org"))[1] == "ann@example.org was signed in nowhere.\n"
    assert (await run("sessions", "list", "ann@example.org"))[1] == "ann@example.org is signed in nowhere.\n"
    assert (await (await make_client()).get("/me", headers=people["ann"])).status_code == 401
    assert (await (await make_client()).get("/me", headers=people["bob"])).status_code == 200
    assert await actions(database) == [("session_revoked", "system", "ann@example.org")] * 2


@pytest.mark.parametrize(
    "arguments",
    [[], ["list", "--limit", "0"], ["list", "--limit", "x"], ["show"], ["role", "ann", "king"], ["sessions"],
     ["sessions", "revoke", "ann", "--session", "7"]],
)  # fmt: skip
def test_a_wrong_call_says_how_it_is_called(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["users", *arguments])
    assert exit_.value.code == 2
    assert "usage: jobyard users" in capsys.readouterr().err


async def test_a_database_without_our_tables_is_one_clear_line(run: Run, database: Any) -> None:
    await database.execute("DROP TABLE alembic_versions")
    code, told, error = await run("list")
    assert (code, told) == (1, "")
    assert error == "jobyard: the database is empty; run: just migrate\n"
