"""A new secret signs nobody out: neither when all processes get it at once, nor while they get it one by one."""

from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import httpx
import pytest

from jobyard.security import HmacRefreshTokens
from tests.web.conftest import SECRET

ANN = {"email": "ann@example.org", "password": "rather long and odd"}
NEW = "nF7-w2Xc9TqL0vRz5sYkM3bJ8hGd6pA1eUiOo_ASDFGHJ"


def token_of(answer: httpx.Response, client: httpx.AsyncClient) -> str:
    client.cookies.clear()
    return SimpleCookie(answer.headers["set-cookie"])["jobyard"].value


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    answer = await client.post("/token/refresh", headers={"Cookie": f"jobyard={token}"})
    client.cookies.clear()
    return answer


async def opens(client: httpx.AsyncClient, answer: httpx.Response) -> bool:
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    return (await client.get("/me", headers=bearer)).status_code == 200


async def test_everybody_stays_signed_in(make_client: Any) -> None:
    before, after = await make_client(), await make_client(secret=NEW, previous_secrets=(SECRET,))
    signed_up = await before.post("/signup", json=ANN)
    first = token_of(signed_up, before)
    assert await opens(after, signed_up)
    refreshed = await refresh(after, first)
    assert refreshed.status_code == 200
    second = token_of(refreshed, after)
    # The new secret alone reads what it has made: once everybody was here, the old one can go.
    alone = await make_client(secret=NEW)
    assert await opens(alone, refreshed)
    assert not await opens(alone, signed_up)
    assert (await refresh(alone, second)).status_code == 200


@pytest.mark.parametrize("answered_by_new", [False, True])
async def test_a_lost_answer_is_told_again_by_a_process_with_the_other_secret(
    make_client: Any, answered_by_new: bool
) -> None:
    """In the seconds in which both run: each has the other's secret as a previous one."""
    old = await make_client(previous_secrets=(NEW,))
    new = await make_client(secret=NEW, previous_secrets=(SECRET,))
    first = token_of(await old.post("/signup", json=ANN), old)
    one, other = (new, old) if answered_by_new else (old, new)
    second = token_of(await refresh(one, first), one)
    again = await refresh(other, first)
    assert again.status_code == 200
    assert token_of(again, other) == second
    assert (await refresh(other, second)).status_code == 200


async def test_a_secret_that_is_not_named_any_more_opens_nothing(make_client: Any) -> None:
    before = await make_client()
    signed_up = await before.post("/signup", json=ANN)
    first = token_of(signed_up, before)
    after = await make_client(secret=NEW)
    assert not await opens(after, signed_up)
    assert (await refresh(after, first)).status_code == 401
    assert (await refresh(before, first)).status_code == 200  # a token that is not known ends no session


def test_the_first_secret_makes_the_others_are_read() -> None:
    old, both, new = HmacRefreshTokens([SECRET]), HmacRefreshTokens([NEW, SECRET]), HmacRefreshTokens([NEW])
    token = old.first(uuid4())
    assert old.session_of(token) == both.session_of(token)
    assert new.session_of(token) is None
    assert both.successors(token)[1:] == old.successors(token)
    assert new.session_of(both.successors(token)[0]) is not None
    assert new.session_of(both.first(uuid4())) is not None
