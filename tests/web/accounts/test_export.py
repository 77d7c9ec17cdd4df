"""All that is kept of a user, in one file for that user alone."""

from typing import Any

import httpx
import pytest

from jobyard.postgres.account_data import NOT_EXPORTED, SECTIONS
from jobyard.postgres.departures import OWNER_COLUMNS
from jobyard.postgres.queries import query
from jobyard.services.account_rules import AccountRules, Throttle
from tests.web.accounts.conftest import Person
from tests.web.accounts.finished import LATER, finish_one


@pytest.fixture
async def client(make_client: Any) -> httpx.AsyncClient:
    return await make_client(demo_kinds=True)


async def test_an_export_has_everything_of_the_user_and_nothing_of_another(
    client: httpx.AsyncClient, sign_up: Person, database: Any
) -> None:
    ann, bob = await sign_up(client, name="Ann"), await sign_up(client, "bob", name="Bob")
    for who in (ann, bob):
        await client.post("/jobs", json=LATER, headers=who)
        await client.post("/jobs", json=LATER, headers=who)
        await client.post("/api-keys", json={"name": "laptop", "scopes": ["jobs:read"]}, headers=who)
    await finish_one(database)
    answer = await client.get("/me/export", headers=ann)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    told = answer.json()
    assert set(told) == {section.name for section in SECTIONS}
    assert [(user["email"], user["name"], user["role"]) for user in told["user"]] == [
        ("ann@example.org", "Ann", "user")
    ]
    assert sorted(job["state"] for job in told["jobs"]) == ["completed", "scheduled"]
    assert {(job["priority"], job["payload"]["value"]) for job in told["jobs"]} == {("medium", "mine")}
    assert [key["name"] for key in told["api_keys"]] == ["laptop"]
    assert len(told["sessions"]) == len(told["job_events"]) == len(told["statistics"]) == 1
    assert "account_exported" in {line["action"] for line in told["audit"]}
    assert "bob" not in answer.text.lower()
    for inside in ("hash", "owner_id", "user_key", "finish_xid", "$2b$"):
        assert inside not in answer.text


async def test_a_long_export_comes_in_pages(
    client: httpx.AsyncClient, sign_up: Person, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobyard.postgres.account_data.ROWS", 3)
    monkeypatch.setattr("jobyard.postgres.account_data.BLOCKS", 1)
    ann = await sign_up(client)
    for _ in range(8):
        await client.post("/jobs", json=LATER, headers=ann)
    for _ in range(4):
        await finish_one(database)
    told = (await client.get("/me/export", headers=ann)).json()
    assert len({job["id"] for job in told["jobs"]}) == len(told["jobs"]) == 8
    assert len(told["job_events"]) == 4


async def test_exports_are_throttled(make_client: Any, sign_up: Person) -> None:
    client = await make_client(rules=AccountRules(signup="open", exports_per_user=Throttle(2, 3600)))
    ann, bob = await sign_up(client), await sign_up(client, "bob")
    statuses = [(await client.get("/me/export", headers=ann)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await client.get("/me/export", headers=bob)).status_code == 200
    assert (await client.get("/me/export")).status_code == 401


async def test_every_table_is_told_or_said_why_not(database: Any) -> None:
    """A new table that names an owner: is it in the export? Its rows are deleted by themselves, if the column is one
    of OWNER_COLUMNS. One that holds something of a user under another name needs a thought.
    """
    tables = {row["root"] for row in await database.fetch(query("owned_tables"), [*OWNER_COLUMNS])}
    told = {section.table for section in SECTIONS}
    assert tables - told - set(NOT_EXPORTED) == set(), "say in postgres/account_data.py what the export tells of these"
    assert (told | set(NOT_EXPORTED)) - tables == {"users"}
    columns = await database.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema()"
    )
    for row in columns:
        for section in SECTIONS:
            if section.table == row["table_name"] and row["data_type"] == "bytea":
                assert row["column_name"] in section.omit, (section.table, row["column_name"])
    known = {"owner_id", "user_key", "actor_key", "actor_id"}
    named = {row["column_name"] for row in columns if row["column_name"].startswith(("owner", "user_", "actor_"))}
    assert named <= known | {"actor_kind", "actor_name"}, "OWNER_COLUMNS of postgres/departures.py: is this one?"
