from typing import Any

import pytest

from jobyard.account_wiring import AccountParts
from jobyard.domain.errors import Conflict, Invalid
from tests.web.accounts.conftest import Person

ANN = {"email": "ann@example.org", "password": "rather long and odd"}


async def invite(keep: list[AccountParts], email: str = "ann@example.org") -> str:
    return await keep[0].accounts.admission.invitations.invite(email)


@pytest.fixture
def keep() -> list[AccountParts]:
    return []


async def test_sign_up_by_invitation_alone(make_client: Any, keep: list[AccountParts]) -> None:
    client = await make_client(signup="invite", keep=keep)
    assert (await client.get("/signup")).json() == {"mode": "invite", "domain": None, "mail": False}
    answer = await client.post("/signup", json=ANN)
    assert answer.status_code == 403
    assert "invitation" in answer.json()["detail"]
    token = await invite(keep)
    for body in (
        ANN | {"invitation": "x" * 43},
        ANN | {"invitation": token + "x"},
        ANN | {"invitation": ""},
        ANN | {"invitation": token, "email": "bob@example.org"},
    ):
        assert (await client.post("/signup", json=body)).status_code == 403, body
    bad = await client.post("/signup", json=ANN | {"invitation": token, "password": "short"})
    assert bad.status_code == 422  # and the invitation is still good
    good = await client.post("/signup", json=ANN | {"invitation": token, "email": "ANN@example.org"})
    assert good.status_code == 201
    assert (await client.post("/signup", json=ANN | {"invitation": token})).status_code == 403


async def test_an_invitation_is_good_for_a_week_and_the_newest_alone(
    make_client: Any, keep: list[AccountParts], database: Any
) -> None:
    client = await make_client(signup="invite", keep=keep)
    first, second = await invite(keep), await invite(keep)
    assert (await client.post("/signup", json=ANN | {"invitation": first})).status_code == 403
    seconds = await database.fetchval("SELECT extract(epoch FROM expires_at - created_at)::int FROM account_tokens")
    assert seconds == 7 * 86_400
    await database.execute("UPDATE account_tokens SET expires_at = now()")
    assert (await client.post("/signup", json=ANN | {"invitation": second})).status_code == 403


async def test_an_invitation_lets_in_from_outside_of_the_domain(make_client: Any, keep: list[AccountParts]) -> None:
    client = await make_client(signup="domain:example.com", keep=keep)
    assert (await client.post("/signup", json=ANN)).status_code == 403
    assert (await client.post("/signup", json=ANN | {"invitation": await invite(keep)})).status_code == 201


async def test_closed_is_closed_with_an_invitation_too(make_client: Any, keep: list[AccountParts]) -> None:
    client = await make_client(signup="closed", keep=keep)
    assert (await client.post("/signup", json=ANN | {"invitation": await invite(keep)})).status_code == 403


async def test_who_can_be_invited(make_client: Any, keep: list[AccountParts], sign_up: Person, database: Any) -> None:
    await sign_up(await make_client(keep=keep))
    with pytest.raises(Conflict):
        await invite(keep)
    with pytest.raises(Invalid):
        await invite(keep, "nobody")
    token = await invite(keep, "bob@example.org")
    stored = await database.fetchrow("SELECT token_hash, user_key FROM account_tokens")
    assert token.encode() not in stored["token_hash"]
    assert stored["user_key"] is None
    assert await database.fetchval("SELECT count(*) FROM audit WHERE action = 'user_invited'") == 1
