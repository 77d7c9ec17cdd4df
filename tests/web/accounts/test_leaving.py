"""The end of an account: who may, what goes, and what carries it on when a process does not."""

import asyncio
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest

from jobyard.account_wiring import AccountParts
from jobyard.domain.user import Viewer
from jobyard.postgres.connections import READER_SETTINGS, Pool
from jobyard.postgres.departures import OWNER_COLUMNS, PostgresDepartures
from jobyard.postgres.queries import query
from tests.web.accounts.conftest import PASSWORD, Person
from tests.web.accounts.finished import ECHO, LATER, finish_one


async def leave(client: httpx.AsyncClient, who: dict[str, str], password: str = PASSWORD) -> httpx.Response:
    return await client.request("DELETE", "/me", json={"password": password}, headers=who)


async def owned(database: Any, user: int) -> dict[str, int]:
    """How many rows of each table name a user as their owner."""
    counts: dict[str, int] = {}
    for table in await database.fetch(query("owned_tables"), [*OWNER_COLUMNS]):
        count = f"SELECT count(*) FROM {table['name']} WHERE {table['owner']} = $1"  # noqa: S608 - of the catalogue
        rows = await database.fetchval(count, user)
        if rows:
            counts[table["root"]] = counts.get(table["root"], 0) + rows
    return counts


async def carry_on_to_the_end(departures: PostgresDepartures) -> None:
    async with asyncio.timeout(30):
        while await departures.carry_on():
            pass


@pytest.fixture
async def client(make_client: Any) -> httpx.AsyncClient:
    return await make_client(demo_kinds=True)


@pytest.fixture
async def departures(database_url: str, make_client: Any) -> Any:
    """What the leading worker runs, as if ten minutes were none; `jobs` is the store of an application."""
    keep: list[AccountParts] = []
    await make_client(keep=keep)
    jobs = cast("Any", keep[0].accounts.leaving.departures)._jobs
    async with Pool(database_url, READER_SETTINGS, 2) as readers:
        yield PostgresDepartures(readers, jobs, settle_seconds=0)


# Leaving ------------------------------------------------------------------------------------------------------------
async def test_who_left_is_refused_everywhere_at_once(
    make_client: Any, sign_up: Person, sign_in: Person, database: Any
) -> None:
    keep: list[AccountParts] = []
    client, elsewhere = await make_client(keep=keep), await make_client(keep=keep)
    ann, second = await sign_up(client), await sign_in(client)
    key = (await client.post("/api-keys", json={"name": "x", "scopes": ["jobs:read"]}, headers=ann)).json()["key"]
    cookie = (await client.post("/login", json={"email": "ann@example.org", "password": PASSWORD})).headers[
        "set-cookie"
    ]
    client.cookies.clear()
    answer = await leave(client, ann)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    for who in (ann, second, {"Authorization": f"Bearer {key}"}):
        assert (await client.get("/jobs", headers=who)).status_code == 401
    assert (await elsewhere.get("/jobs", headers=ann)).status_code == 401
    assert (await client.post("/token/refresh", headers={"Cookie": cookie.partition(";")[0]})).status_code == 401
    for email in ("ann@example.org", "departed", ""):
        assert (await client.post("/login", json={"email": email, "password": PASSWORD})).status_code == 401
    row = await database.fetchrow("SELECT * FROM users")
    assert (row["email"], row["name"], row["password_hash"], row["role"]) == ("", "", "", "user")
    assert "ann" not in row["email_folded"]


async def test_it_asks_for_the_password(client: httpx.AsyncClient, sign_up: Person) -> None:
    ann = await sign_up(client)
    answer = await leave(client, ann, "something else, long")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/password", "message": "is not your password"}]
    assert (await client.request("DELETE", "/me", headers=ann)).status_code in {400, 415}
    assert (await client.get("/me", headers=ann)).status_code == 200


async def test_the_address_is_free_again_and_a_new_account_has_nothing_of_the_old(
    client: httpx.AsyncClient, sign_up: Person
) -> None:
    ann = await sign_up(client)
    await client.post("/jobs", json=LATER, headers=ann)
    assert (await leave(client, ann)).status_code == 204
    again = await sign_up(client)
    assert (await client.get("/jobs", headers=again)).json()["items"] == []
    assert len((await client.get("/me/sessions", headers=again)).json()["items"]) == 1


async def test_the_last_administrator_stays(client: httpx.AsyncClient, sign_up: Person, database: Any) -> None:
    people = [await sign_up(client, name) for name in ("ann", "bob")]
    await database.execute("UPDATE users SET role = 'admin'")
    statuses: list[int] = []

    async def go(who: dict[str, str]) -> None:
        statuses.append((await leave(client, who)).status_code)

    async with asyncio.TaskGroup() as group:
        for who in people:
            group.create_task(go(who))
    assert sorted(statuses) == [204, 409]


async def test_waiting_jobs_are_cancelled_before_the_answer(
    client: httpx.AsyncClient, sign_up: Person, database: Any
) -> None:
    ann, bob = await sign_up(client), await sign_up(client, "bob")
    for job in (ECHO, LATER):
        await client.post("/jobs", json=job, headers=ann)
        await client.post("/jobs", json=job, headers=bob)
    await leave(client, ann)
    assert await database.fetchval("SELECT count(*) FROM live_jobs") == 2
    assert [item["state"] for item in (await client.get("/jobs", headers=bob)).json()["items"]] == [
        "scheduled",
        "pending",
    ]


# What is left behind ------------------------------------------------------------------------------------------------
async def test_nothing_is_left(
    client: httpx.AsyncClient, sign_up: Person, database: Any, departures: PostgresDepartures
) -> None:
    ann, bob = await sign_up(client), await sign_up(client, "bob")
    users = {row["email"]: row["key"] for row in await database.fetch("SELECT key, email FROM users")}
    for who in (ann, bob):
        for _ in range(3):
            await client.post("/jobs", json=LATER, headers=who | {"Idempotency-Key": str(uuid4())})
        await client.post("/api-keys", json={"name": "x", "scopes": ["jobs:read"]}, headers=who)
    for _ in range(2):
        await finish_one(database)
    before = {name: await owned(database, key) for name, key in users.items()}
    assert before["ann@example.org"]["finished_jobs"] == 2
    assert before["ann@example.org"]["job_events"] == 2
    await leave(client, ann)
    await carry_on_to_the_end(departures)
    assert await owned(database, users["ann@example.org"]) == {}
    assert await owned(database, users["bob@example.org"]) == before["bob@example.org"]
    assert [row["email"] for row in await database.fetch("SELECT email FROM users")] == ["bob@example.org"]
    line = await database.fetchrow("SELECT * FROM audit WHERE action = 'account_deleted'")
    assert (line["user_key"], line["actor_key"], line["actor_id"], line["address"]) == (None, None, None, "")


VALUES = {
    "uuid": "gen_random_uuid()", "text": "'x'", "jsonb": "'{}'", "bytea": "'x'", "ARRAY": "'{}'", "boolean": "false",
    "integer": "1", "smallint": "1", "bigint": "1", "timestamp with time zone": "now()",
}  # fmt: skip
SAID = {"operations.verb": "'retry'", "account_tokens.purpose": "'verify'", "finished_jobs.state": "5"}
"""Where a table's rules ask for more than a type."""


async def give_a_row_of_every_table(database: Any, user: int) -> set[str]:
    """The tables that name an owner, by information_schema: each has a row of the user's now, whatever it holds."""
    columns = await database.fetch(
        """
        SELECT c.table_name AS "table", c.column_name AS name, c.data_type AS type,
               c.is_nullable = 'NO' AND c.column_default IS NULL AND c.is_identity = 'NO' AS is_asked
        FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name
        WHERE c.table_schema = 'public' AND t.relkind IN ('r', 'p') AND NOT t.relispartition"""
    )
    owners = {row["table"]: row["name"] for row in columns if row["name"] in OWNER_COLUMNS}
    for table, owner in owners.items():
        asked = [row for row in columns if row["table"] == table and row["is_asked"] and row["name"] != owner]
        names = ", ".join([owner, *(row["name"] for row in asked)])
        values = ", ".join(["$1", *(SAID.get(f"{table}.{row['name']}", VALUES.get(row["type"], "?")) for row in asked)])
        if not await database.fetchval(f"SELECT count(*) FROM {table} WHERE {owner} = $1", user):  # noqa: S608
            await database.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", user)  # noqa: S608
    return {*owners}


async def where_it_says(database: Any, words: list[str]) -> set[str]:
    """The tables that have one of these words anywhere."""
    tables = await database.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    patterns = [f"%{word}%" for word in words]
    return {
        table
        for (table,) in tables
        if await database.fetchval(
            f"SELECT EXISTS (SELECT FROM {table} r WHERE to_jsonb(r)::text ILIKE ANY ($1::text[]))",  # noqa: S608
            patterns,
        )
    }


async def test_no_table_has_anything_of_who_left(
    client: httpx.AsyncClient, sign_up: Person, database: Any, departures: PostgresDepartures
) -> None:
    """By information_schema: a new table is in it by itself, if its owner's column has one of the usual names."""
    ann = await sign_up(client)
    user = await database.fetchrow("SELECT key, id FROM users")
    keyed = ann | {"Idempotency-Key": "once"}
    batch = await client.post("/jobs/batch", json={"jobs": [LATER, LATER], "on_complete": ECHO}, headers=keyed)
    first, second = batch.json()["ids"]
    last = (await client.post("/jobs", json=ECHO | {"after": [first, second]}, headers=ann)).json()["id"]
    assert await database.fetchval("SELECT count(*) FROM follows") == 4  # the job's two, and the batch's
    await finish_one(database)
    tables = await give_a_row_of_every_table(database, user["key"])
    assert {"idempotency_keys", "batches", "followed", "inboxes", "notifications", "job_logs", "operations"} <= tables
    assert set(await owned(database, user["key"])) == tables
    words = [first, second, last, batch.json()["batch_id"], "ann@example.org"]
    assert {"users", "live_jobs", "follows", "followed", "batches"} <= await where_it_says(database, words)
    await leave(client, ann)
    await carry_on_to_the_end(departures)
    assert await owned(database, user["key"]) == {}
    assert await where_it_says(database, words) == set()
    assert await where_it_says(database, [str(user["id"])]) == {"audit"}  # the line that says that it left


async def test_invitations_of_who_left_name_nobody(
    make_client: Any, sign_up: Person, database: Any, departures: PostgresDepartures
) -> None:
    """One that was used, and one that was not, since anybody may sign up; of others they are left alone."""
    keep: list[AccountParts] = []
    client = await make_client(keep=keep)
    invitations = keep[0].accounts.admission.invitations
    for email in ("Ann@example.org", "ann@example.org", "ann@example.com", "bob@example.org"):
        await invitations.invite(email)
    ann = await sign_up(client)
    assert await where_it_says(database, ["ann@example.org"]) == {"users", "audit", "account_tokens"}
    await leave(client, ann)
    assert await where_it_says(database, ["ann@example.org"]) == set()
    await carry_on_to_the_end(departures)
    details = [
        row["detail"]
        for row in await database.fetch("SELECT detail::text FROM audit WHERE action = 'user_invited' ORDER BY id")
    ]
    assert details == ["{}", "{}", '{"email": "ann@example.com"}', '{"email": "bob@example.org"}']
    assert await database.fetchval("SELECT count(*) FROM account_tokens") == 2


async def test_a_running_job_is_asked_to_stop_and_waited_for(
    client: httpx.AsyncClient, sign_up: Person, database: Any, departures: PostgresDepartures
) -> None:
    ann = await sign_up(client)
    await client.post("/jobs", json=ECHO, headers=ann)
    await database.execute("UPDATE live_jobs SET worker_id = 1, run = 1, attempt = 1, started_at = now()")
    await leave(client, ann)
    assert await database.fetchval("SELECT cancel_asked FROM live_jobs")
    await carry_on_to_the_end(departures)
    assert await database.fetchval("SELECT count(*) FROM users") == 1
    cast("Any", departures)._not_before.clear()  # it is looked at again in a minute
    await database.execute("DELETE FROM live_jobs")
    await carry_on_to_the_end(departures)
    assert await database.fetchval("SELECT count(*) FROM users") == 0


async def test_what_comes_late_from_another_process_goes_too(
    client: httpx.AsyncClient, sign_up: Person, database: Any, departures: PostgresDepartures, database_url: str
) -> None:
    """Which took the user for signed in for some seconds more."""
    ann = await sign_up(client)
    await client.post("/jobs", json=LATER, headers=ann)
    kept = await database.fetchrow("SELECT * FROM live_jobs")
    await leave(client, ann)
    async with Pool(database_url, READER_SETTINGS, 2) as readers:
        waiting = PostgresDepartures(readers, cast("Any", departures)._jobs, settle_seconds=600)
        await carry_on_to_the_end(waiting)
    assert await database.fetchval("SELECT count(*) FROM users") == 1  # it is gone through, and stays for a while
    await database.execute(
        "INSERT INTO live_jobs (run_at, owner_id, lane, wait, id, kind, payload) VALUES ($1, $2, $3, 1, $4, $5, '{}')",
        kept["run_at"],
        kept["owner_id"],
        kept["lane"],
        kept["id"],
        kept["kind"],
    )
    await carry_on_to_the_end(departures)
    assert await database.fetchval("SELECT count(*) FROM live_jobs") == 0
    assert await database.fetchval("SELECT count(*) FROM finished_jobs") == 0
    assert await database.fetchval("SELECT count(*) FROM users") == 0


async def test_many_jobs_go_in_parts_and_any_process_goes_on(
    client: httpx.AsyncClient, sign_up: Person, database: Any, departures: PostgresDepartures, database_url: str
) -> None:
    ann = await sign_up(client)
    await database.execute(
        "INSERT INTO live_jobs (run_at, owner_id, lane, wait, id, kind, payload) "
        "SELECT now() + interval '1 day', u.key, 1, 1, gen_random_uuid(), 'demo.echo', '{}' "
        "FROM users u, generate_series(1, 7000)"
    )
    await leave(client, ann)
    left = await database.fetchval("SELECT count(*) FROM live_jobs")
    assert 0 < left < 7000
    assert await departures.carry_on()
    assert 0 < left - await database.fetchval("SELECT count(*) FROM live_jobs") <= 500
    async with Pool(database_url, READER_SETTINGS, 2) as readers:  # the first was killed: another leads
        await carry_on_to_the_end(PostgresDepartures(readers, cast("Any", departures)._jobs, settle_seconds=0))
    assert await database.fetchval("SELECT count(*) FROM live_jobs") == 0
    assert await database.fetchval("SELECT count(*) FROM finished_jobs") == 0
    assert await database.fetchval("SELECT count(*) FROM users") == 0


async def test_a_user_whose_data_cannot_be_taken_away_holds_up_nobody_else(
    client: httpx.AsyncClient, sign_up: Person, database: Any, departures: PostgresDepartures
) -> None:
    people = [await sign_up(client, name) for name in ("ann", "bob")]
    first = await database.fetchval("SELECT key FROM users WHERE email = 'ann@example.org'")
    await client.post("/jobs", json=LATER, headers=people[0])
    inside = cast("Any", departures)
    cancel, inside._jobs = inside._jobs, Refusing(inside._jobs, first)
    inside._jobs.cancel_for_others = cancel.cancel
    await database.execute("UPDATE users SET deleted_at = now(), disabled_at = now()")
    with pytest.raises(RuntimeError):
        await departures.carry_on()
    await carry_on_to_the_end(departures)
    assert [row["key"] for row in await database.fetch("SELECT key FROM users")] == [first]


class Refusing:
    """A store that cancels nothing of one user."""

    def __init__(self, jobs: Any, owner: int) -> None:
        self.cancel_for_others = jobs.cancel
        self.owner = owner

    async def cancel(self, viewer: Viewer, job_ids: Any) -> Any:
        if viewer.key == self.owner:
            raise RuntimeError("not today")
        return await self.cancel_for_others(viewer, job_ids)
