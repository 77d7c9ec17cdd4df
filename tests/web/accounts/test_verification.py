from typing import Any

import httpx
import pytest

from jobyard.services.account_rules import AccountRules, Throttle
from tests.live.asgi_socket import open_socket
from tests.web.accounts.conftest import MAIL_FROM, Mailbox, Person
from tests.web.people import app_of

ECHO = {"kind": "demo.echo", "payload": {"value": 1}}


@pytest.fixture
async def mailing(make_client: Any, mailbox: Mailbox) -> httpx.AsyncClient:
    return await make_client(**mailbox.settings)


async def is_verified(client: httpx.AsyncClient, who: dict[str, str]) -> bool:
    return (await client.get("/me", headers=who)).json()["email_verified"]


async def test_who_signs_up_is_sent_a_link(mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person) -> None:
    ann = await sign_up(mailing, name="Buy at http://evil.example")
    mail = await mailbox.next()
    assert (mail["From"], mail["To"], mail["Auto-Submitted"]) == (MAIL_FROM, "ann@example.org", "auto-generated")
    assert mail["Message-ID"].endswith("@example.org>")
    assert "evil" not in mail.as_string()  # who signs up with another's address writes nothing to it
    assert not await is_verified(mailing, ann)


async def test_the_link_confirms_the_address_once(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person
) -> None:
    ann = await sign_up(mailing)
    bob = await sign_up(mailing, "bob")
    letters = [await mailbox.next(), await mailbox.next()]
    body = next(letter.get_content() for letter in letters if letter["To"] == "ann@example.org")
    token = body.partition("#token=")[2].split()[0]
    answer = await mailing.post("/email/verify", json={"token": token})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await is_verified(mailing, ann)
    assert not await is_verified(mailing, bob)
    again = await mailing.post("/email/verify", json={"token": token})
    assert again.json()["errors"][0]["pointer"] == "/token"


async def test_another_link_can_be_had(make_client: Any, mailbox: Mailbox, sign_up: Person, database: Any) -> None:
    rules = AccountRules(signup="open", sends_mail=True, mails_per_address=Throttle(2, 3600))
    client = await make_client(rules=rules, **mailbox.settings)
    ann = await sign_up(client)
    await mailbox.next()
    await database.execute("UPDATE account_tokens SET expires_at = now()")
    assert (await client.post("/email/verify/again")).status_code == 401
    assert (await client.post("/email/verify/again", headers=ann)).status_code == 202
    token = await mailbox.next_token("verify-email")
    # Dead tokens are swept by the way.
    assert await database.fetchval("SELECT count(*) FROM account_tokens") == 1
    assert (await client.post("/email/verify/again", headers=ann)).status_code == 202
    assert (await client.post("/email/verify/again", headers=ann)).status_code == 429
    assert (await client.post("/email/verify", json={"token": token})).status_code == 204
    assert (await client.post("/email/verify/again", headers=ann)).status_code == 409


async def test_a_link_is_not_for_an_address_that_the_user_has_no_more(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person, database: Any
) -> None:
    ann = await sign_up(mailing)
    token = await mailbox.next_token("verify-email")
    await database.execute("UPDATE users SET email = 'eve@example.org', email_folded = 'eve@example.org'")
    assert (await mailing.post("/email/verify", json={"token": token})).status_code == 422
    assert not await is_verified(mailing, ann)


async def test_one_domain_asks_for_a_confirmed_address(make_client: Any, mailbox: Mailbox, sign_up: Person) -> None:
    """Else anybody could claim an address of it."""
    given = {"signup": "domain:example.org", "demo_kinds": True, **mailbox.settings}
    client, other_process = await make_client(**given), await make_client(**given)
    assert (await client.get("/signup")).json() == {"mode": "domain", "domain": "example.org", "mail": True}
    ann = await sign_up(client)
    for server in (client, other_process):
        assert (await server.get("/me", headers=ann)).status_code == 200
        for method, path, body in (
            ("POST", "/jobs", ECHO),
            ("GET", "/jobs", None),
            ("GET", "/kinds", None),
            ("POST", "/api-keys", {"name": "x", "scopes": ["jobs:read"]}),
            ("GET", "/audit", None),
        ):
            answer = await server.request(method, path, json=body, headers=ann)
            assert answer.status_code == 403, path
            assert "Confirm your address" in answer.json()["detail"]
    token = await mailbox.next_token("verify-email")
    assert (await client.post("/email/verify", json={"token": token})).status_code == 204
    for server in (client, other_process):  # at once, though the other has just looked at the session
        assert (await server.post("/jobs", json=ECHO, headers=ann)).status_code == 201


async def test_the_live_socket_asks_for_a_confirmed_address_too(
    make_client: Any, mailbox: Mailbox, sign_up: Person
) -> None:
    client = await make_client(signup="domain:example.org", **mailbox.settings)
    ann = await sign_up(client)
    socket = await open_socket(app_of(client), *ann.items())
    assert await socket.close_code() == 4403
    token = await mailbox.next_token("verify-email")
    assert (await client.post("/email/verify", json={"token": token})).status_code == 204
    socket = await open_socket(app_of(client), *ann.items())
    assert (await socket.hear())["type"] == "ready"
    await socket.leave()


async def test_an_administrator_was_vouched_for(
    make_client: Any, mailbox: Mailbox, sign_up: Person, database: Any
) -> None:
    client = await make_client(signup="domain:example.org", **mailbox.settings)
    ann = await sign_up(client)
    await database.execute("UPDATE users SET role = 'admin'")
    assert (await client.get("/jobs", headers=ann)).status_code == 200


async def test_a_letter_that_is_refused_for_a_while_is_sent_again(
    make_client: Any, mailbox: Mailbox, sign_up: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobyard.mailer.PAUSES", (0.0, 0.0, 0.0))
    client = await make_client(**mailbox.settings)
    mailbox.answers = ["451 greylisted", "421 restarting"]
    await sign_up(client)
    await mailbox.next()
