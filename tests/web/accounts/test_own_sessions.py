from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import httpx

from jobyard.account_wiring import AccountParts
from tests.web.accounts.conftest import Person

ANN = {"email": "ann@example.org", "password": "rather long and odd"}


async def ids(client: httpx.AsyncClient, who: dict[str, str]) -> list[str]:
    return [item["id"] for item in (await client.get("/me/sessions", headers=who)).json()["items"]]


async def test_ones_own_sessions_are_listed(client: httpx.AsyncClient, sign_up: Person, sign_in: Person) -> None:
    first = await sign_up(client)
    await sign_up(client, "bob")
    answer = await client.post("/login", json=ANN, headers={"User-Agent": "Firefox 140"})
    client.cookies.clear()
    await sign_in(client)
    page = (await client.get("/me/sessions", headers=first)).json()
    assert page["next_cursor"] is None
    assert len(page["items"]) == 3
    assert [item["current"] for item in page["items"]] == [False, False, True]
    item = page["items"][1]
    assert set(item) == {"id", "device", "address", "created_at", "last_used_at", "current"}
    assert (item["device"], item["address"]) == ("Firefox 140", "192.0.2.1")
    assert item["created_at"].endswith("Z")
    assert answer.status_code == 200


async def test_pages(client: httpx.AsyncClient, sign_up: Person, sign_in: Person) -> None:
    ann = await sign_up(client)
    for _ in range(4):
        await sign_in(client)
    everything = await ids(client, ann)
    assert len(everything) == 5
    got, path = list[str](), "/me/sessions?limit=2"
    while path:
        answer = await client.get(path, headers=ann)
        got += [item["id"] for item in answer.json()["items"]]
        if len(got) == 2:  # what ends between two pages moves none of the others
            await client.delete(f"/me/sessions/{got[1]}", headers=ann)
        link = answer.headers.get("link")
        path = link.partition("<")[2].partition(">")[0] if link else ""
    assert got == everything
    assert (await client.get("/me/sessions?cursor=x", headers=ann)).status_code == 422
    assert (await client.get("/me/sessions?limit=0", headers=ann)).status_code == 422


async def test_a_session_that_is_ended_is_refused_at_once(make_client: Any, database: Any, sign_in: Person) -> None:
    keep: list[AccountParts] = []
    client, elsewhere = await make_client(keep=keep), await make_client(keep=keep)
    signed_up = await client.post("/signup", json=ANN)
    first = {"Authorization": f"Bearer {signed_up.json()['access_token']}"}
    cookie = {"Cookie": f"jobyard={SimpleCookie(signed_up.headers['set-cookie'])['jobyard'].value}"}
    client.cookies.clear()
    second = await sign_in(client)
    for server in (client, elsewhere):
        assert (await server.get("/me", headers=first)).status_code == 200
    ended = (await ids(client, second))[1]
    answer = await client.delete(f"/me/sessions/{ended}", headers=second)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get("/me", headers=first)).status_code == 401
    # In another process its access token is refused within 30 s, and its refresh token at once.
    keep[1].authenticator.forget_user(await database.fetchval("SELECT id FROM users"))
    assert (await elsewhere.get("/me", headers=first)).status_code == 401
    assert (await elsewhere.post("/token/refresh", headers=cookie)).status_code == 401
    assert await ids(client, second) == (await ids(client, second))[:1]
    assert (await client.delete(f"/me/sessions/{ended}", headers=second)).status_code == 404


async def test_anothers_session_is_not_there(client: httpx.AsyncClient, sign_up: Person) -> None:
    ann, bob = await sign_up(client), await sign_up(client, "bob")
    own = (await ids(client, ann))[0]
    for unknown in (own, uuid4()):
        assert (await client.delete(f"/me/sessions/{unknown}", headers=bob)).status_code == 404
    assert (await client.get("/me", headers=ann)).status_code == 200


async def test_ones_own_session_can_be_ended_too(client: httpx.AsyncClient, sign_up: Person) -> None:
    ann = await sign_up(client)
    assert (await client.delete(f"/me/sessions/{(await ids(client, ann))[0]}", headers=ann)).status_code == 204
    assert (await client.get("/me", headers=ann)).status_code == 401


async def test_dead_sessions_are_not_listed_and_go_at_the_next_sign_in(
    client: httpx.AsyncClient, sign_up: Person, sign_in: Person, database: Any
) -> None:
    await sign_up(client)
    for change in ("revoked_at = now()", "expires_at = now()", "ends_at = now()"):
        newest = "(SELECT max(id::text)::uuid FROM sessions)"
        await database.execute(f"UPDATE sessions SET {change} WHERE id = {newest}")  # noqa: S608 - ours
        who = await sign_in(client)
        assert len(await ids(client, who)) == 1, change
    assert await database.fetchval("SELECT count(*) FROM sessions") == 4
    await database.execute("UPDATE sessions SET revoked_at = revoked_at - interval '25 h'")
    await sign_in(client)
    assert await database.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL") == 0
