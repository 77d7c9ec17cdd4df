from http.cookies import SimpleCookie
from typing import Any

import anyio
import httpx
import pytest

ANN = {"email": "ann@example.org", "password": "rather long and odd"}
ORIGIN = "http://localhost:8080"


@pytest.fixture
async def first(client: httpx.AsyncClient) -> str:
    """Ann's first refresh token. The client keeps no cookie: each test says which token it sends."""
    return token_of(await client.post("/signup", json=ANN), client)


def token_of(answer: httpx.Response, client: httpx.AsyncClient) -> str:
    client.cookies.clear()
    return SimpleCookie(answer.headers["set-cookie"])["jobyard"].value


async def refresh(client: httpx.AsyncClient, token: str | None, **headers: str) -> httpx.Response:
    cookie = {"Cookie": f"jobyard={token}"} if token is not None else {}
    answer = await client.post("/token/refresh", headers={**cookie, **headers})
    client.cookies.clear()
    return answer


async def age(database: Any, seconds: int) -> None:
    """Let time pass for the sessions."""
    await database.execute(
        "UPDATE sessions SET rotated_at = rotated_at - $1 * interval '1 s', "
        "expires_at = expires_at - $1 * interval '1 s', ends_at = ends_at - $1 * interval '1 s'",
        seconds,
    )


async def test_the_cookie_on_http(client: httpx.AsyncClient) -> None:
    cookie = SimpleCookie((await client.post("/signup", json=ANN)).headers["set-cookie"])["jobyard"]
    assert (cookie["httponly"], cookie["secure"], cookie["domain"]) == (True, "", "")
    assert (cookie["samesite"].lower(), cookie["path"], cookie["max-age"]) == ("strict", "/", str(30 * 86_400))


async def test_the_cookie_on_https(make_client: Any) -> None:
    client = await make_client(public_url="https://jobs.example.org")
    header = (await client.post("/signup", json=ANN)).headers["set-cookie"]
    cookie = SimpleCookie(header)["__Host-jobyard"]
    assert (cookie["httponly"], cookie["secure"], cookie["path"], cookie["domain"]) == (True, True, "/", "")


async def test_tokens_are_stored_as_hashes_alone(first: str, database: Any) -> None:
    row = await database.fetchrow("SELECT * FROM sessions")
    assert first.encode() not in row["token_hash"]
    assert len(row["token_hash"]) == 32


async def test_a_refresh_rotates(client: httpx.AsyncClient, first: str) -> None:
    answer = await refresh(client, first)
    assert answer.status_code == 200
    assert set(answer.json()) == {"user", "access_token", "token_type", "expires_in"}
    second = token_of(answer, client)
    assert second != first
    third = await refresh(client, second)
    assert third.status_code == 200
    me = await client.get("/me", headers={"Authorization": f"Bearer {third.json()['access_token']}"})
    assert me.json()["email"] == "ann@example.org"


async def test_within_ten_seconds_the_same_successor_is_told_again(
    client: httpx.AsyncClient, first: str, database: Any
) -> None:
    second = token_of(await refresh(client, first), client)
    await age(database, 9)
    assert token_of(await refresh(client, first), client) == second
    assert (await refresh(client, second)).status_code == 200


async def test_tabs_that_refresh_at_once_get_one_successor(client: httpx.AsyncClient, first: str) -> None:
    tokens: list[str] = []

    async def tab() -> None:
        answer = await client.post("/token/refresh", headers={"Cookie": f"jobyard={first}"})
        tokens.append(SimpleCookie(answer.headers["set-cookie"])["jobyard"].value)

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(tab)
    assert len(tokens) == 4
    assert len(set(tokens)) == 1


async def test_a_token_used_too_late_ends_the_session(client: httpx.AsyncClient, first: str, database: Any) -> None:
    second = token_of(await refresh(client, first), client)
    await age(database, 11)
    assert (await refresh(client, first)).status_code == 401
    assert (await refresh(client, second)).status_code == 401


async def test_a_token_whose_successor_was_used_ends_the_session(client: httpx.AsyncClient, first: str) -> None:
    second = token_of(await refresh(client, first), client)
    answer = await refresh(client, second)
    access, third = answer.json()["access_token"], token_of(answer, client)
    assert (await refresh(client, first)).status_code == 401
    assert (await refresh(client, third)).status_code == 401
    me = await client.get("/me", headers={"Authorization": f"Bearer {access}"})
    assert me.status_code == 401


async def test_a_made_up_token_ends_nothing(client: httpx.AsyncClient, first: str) -> None:
    for token in (None, "", "x", "%C3%BC", first[:-1], first + "=", first[:30] + "AAAA" + first[34:], first.lower()):
        answer = await refresh(client, token)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await refresh(client, first)).status_code == 200


async def test_a_session_that_is_not_used_is_over(client: httpx.AsyncClient, first: str, database: Any) -> None:
    await age(database, 30 * 86_400 + 1)
    assert (await refresh(client, first)).status_code == 401


async def test_a_session_is_over_after_90_days_of_use(client: httpx.AsyncClient, first: str, database: Any) -> None:
    token = first
    for _ in range(4):
        answer = await refresh(client, token)
        assert answer.status_code == 200
        token = token_of(answer, client)
        await age(database, 22 * 86_400)
    await age(database, 3 * 86_400)
    assert (await refresh(client, token)).status_code == 401


async def test_a_disabled_user_is_not_refreshed(client: httpx.AsyncClient, first: str, database: Any) -> None:
    await database.execute("UPDATE users SET disabled_at = now()")
    assert (await refresh(client, first)).status_code == 401


async def test_signing_out_ends_the_session_at_once(client: httpx.AsyncClient) -> None:
    signed_up = await client.post("/signup", json=ANN)
    bearer = {"Authorization": f"Bearer {signed_up.json()['access_token']}"}
    token = token_of(signed_up, client)
    assert (await client.get("/me", headers=bearer)).status_code == 200
    answer = await client.post("/logout", headers={"Cookie": f"jobyard={token}"})
    assert answer.status_code == 204
    assert answer.content == b""
    assert SimpleCookie(answer.headers["set-cookie"])["jobyard"]["max-age"] == "0"
    assert (await refresh(client, token)).status_code == 401
    assert (await client.get("/me", headers=bearer)).status_code == 401


async def test_signing_out_without_a_session_is_no_error(client: httpx.AsyncClient) -> None:
    assert (await client.post("/logout")).status_code == 204
    assert (await client.post("/logout", headers={"Cookie": "jobyard=x"})).status_code == 204


@pytest.mark.parametrize("path", ["/token/refresh", "/logout"])
async def test_other_sites_are_refused(client: httpx.AsyncClient, first: str, path: str) -> None:
    cookie = {"Cookie": f"jobyard={first}"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "https://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    ):
        assert (await client.post(path, headers=cookie | headers)).status_code == 403, headers
    own = cookie | {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    assert (await client.post(path, headers=own)).status_code in {200, 204}
