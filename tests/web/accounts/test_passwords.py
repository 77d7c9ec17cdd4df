import hashlib
from typing import Any

import anyio
import httpx
import pytest

from jobyard.account_wiring import AccountParts
from jobyard.services.account_rules import AccountRules, Throttle
from tests.web.accounts.conftest import PASSWORD, Mailbox, Person, settled

NEW = "another long and odd one"
CHANGE = {"current_password": PASSWORD, "new_password": NEW}
ADDRESS = {"email": "ann@example.org"}


async def signs_in(client: httpx.AsyncClient, password: str) -> int:
    return (await client.post("/login", json=ADDRESS | {"password": password})).status_code


# Change -------------------------------------------------------------------------------------------------------------
async def test_a_change_ends_every_other_session(
    client: httpx.AsyncClient, sign_up: Person, sign_in: Person, database: Any
) -> None:
    first, second = await sign_up(client), await sign_in(client)
    other = await sign_up(client, "bob")
    assert (await client.get("/me", headers=first)).status_code == 200
    answer = await client.post("/me/password", json=CHANGE, headers=second)
    assert (answer.status_code, answer.content) == (204, b"")
    statuses = [(await client.get("/me", headers=who)).status_code for who in (first, second, other)]
    assert statuses == [401, 200, 200]
    assert [await signs_in(client, password) for password in (PASSWORD, NEW)] == [401, 200]
    alive = await database.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")
    assert alive == 3  # the one that changed it, the one that has just signed in, and bob's


async def test_what_is_wrong_with_a_change_is_named(client: httpx.AsyncClient, sign_up: Person) -> None:
    ann = await sign_up(client)
    for change, pointer in (
        ({"current_password": "something else, long"}, "/current_password"),
        ({"new_password": "short"}, "/new_password"),
        ({"new_password": "ANN@example.org"}, "/new_password"),
        ({"new_password": "qwertyuiop"}, "/new_password"),
        ({"new_password": PASSWORD}, "/new_password"),
        ({"new_password": "x" * 73}, "/new_password"),
        ({"name": "x"}, "/name"),
    ):
        answer = await client.post("/me/password", json=CHANGE | change, headers=ann)
        assert answer.status_code == 422, change
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await signs_in(client, PASSWORD) == 200


async def test_a_stolen_token_guesses_no_more_often_than_anybody(make_client: Any, sign_up: Person) -> None:
    client = await make_client(rules=AccountRules(signup="open", failures_per_account=Throttle(3, 900)))
    ann = await sign_up(client)
    wrong = CHANGE | {"current_password": "something else, long"}
    statuses = [(await client.post("/me/password", json=wrong, headers=ann)).status_code for _ in range(4)]
    assert statuses == [422, 422, 422, 429]
    assert await signs_in(client, PASSWORD) == 429
    answer = await client.request("DELETE", "/me", json={"password": PASSWORD}, headers=ann)
    assert answer.status_code == 429


async def test_a_sign_in_with_the_old_password_does_not_outlive_the_change(make_client: Any, sign_up: Person) -> None:
    """It was checked before the change, and its session would begin after it."""
    keep: list[AccountParts] = []
    client = await make_client(keep=keep)
    ann = await sign_up(client)
    hasher = keep[0].accounts.gate.hasher
    checked = type(hasher).verify

    async def verify_then_change(self: Any, password: str, password_hash: str | None) -> bool:
        is_right = await checked(self, password, password_hash)
        setattr(type(hasher), "verify", checked)  # noqa: B010 - it is a method, and put back
        assert (await client.post("/me/password", json=CHANGE, headers=ann)).status_code == 204
        return is_right

    setattr(type(hasher), "verify", verify_then_change)  # noqa: B010
    try:
        assert await signs_in(client, PASSWORD) == 401
    finally:
        setattr(type(hasher), "verify", checked)  # noqa: B010
    assert await signs_in(client, NEW) == 200


async def test_of_two_changes_at_once_one_counts(client: httpx.AsyncClient, sign_up: Person, sign_in: Person) -> None:
    people = [await sign_up(client), await sign_in(client)]
    statuses: list[int] = []

    async def change(number: int) -> None:
        body = CHANGE | {"new_password": f"{NEW} {number}"}
        statuses.append((await client.post("/me/password", json=body, headers=people[number])).status_code)

    async with anyio.create_task_group() as group:
        for number in range(2):
            group.start_soon(change, number)
    assert min(statuses) == 204
    assert max(statuses) in {401, 422}
    assert sorted([await signs_in(client, f"{NEW} {number}") for number in range(2)]) == [200, 401]


# Reset --------------------------------------------------------------------------------------------------------------
@pytest.fixture
async def mailing(make_client: Any, mailbox: Mailbox) -> httpx.AsyncClient:
    return await make_client(**mailbox.settings)


async def forgot(client: httpx.AsyncClient, mailbox: Mailbox) -> str:
    answer = await client.post("/password/forgot", json=ADDRESS)
    assert (answer.status_code, answer.content) == (202, b"")
    return await mailbox.next_token("reset-password")


async def reset(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post("/password/reset", json={"token": token, "new_password": password})


async def test_a_forgotten_password(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person, database: Any
) -> None:
    ann = await sign_up(mailing)
    await mailbox.next()  # that of the sign-up
    token = await forgot(mailing, mailbox)
    stored = await database.fetchval("SELECT token_hash FROM account_tokens WHERE purpose = 'reset'")
    assert stored == hashlib.sha256(token.encode()).digest()
    assert (await mailing.get("/me", headers=ann)).status_code == 200
    answer = await reset(mailing, token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await mailing.get("/me", headers=ann)).status_code == 401
    assert [await signs_in(mailing, password) for password in (PASSWORD, NEW)] == [401, 200]
    assert await database.fetchval("SELECT email_verified FROM users")  # the link came by that address's mail


async def test_a_link_is_good_once_and_the_newest_makes_the_others_useless(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person
) -> None:
    await sign_up(mailing)
    await mailbox.next()
    tokens = [await forgot(mailing, mailbox) for _ in range(2)]
    assert (await reset(mailing, tokens[0])).status_code == 204
    for token in (*tokens, "x" * 43, "", "\0", "ü" * 43):
        answer = await reset(mailing, token, "yet another long one")
        assert answer.status_code == 422, token
        assert answer.json()["errors"][0]["pointer"] == "/token"
    assert await signs_in(mailing, NEW) == 200


async def test_of_two_who_open_the_link_at_once_one_gets_in(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person
) -> None:
    await sign_up(mailing)
    await mailbox.next()
    token = await forgot(mailing, mailbox)
    statuses: list[int] = []

    async def open_link(number: int) -> None:
        statuses.append((await reset(mailing, token, f"{NEW} {number}")).status_code)

    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(open_link, number)
    assert sorted(statuses) == [204, 422, 422]


async def test_a_link_is_good_for_an_hour(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person, database: Any
) -> None:
    await sign_up(mailing)
    await mailbox.next()
    token = await forgot(mailing, mailbox)
    seconds = await database.fetchval(
        "SELECT extract(epoch FROM expires_at - created_at)::int FROM account_tokens WHERE purpose = 'reset'"
    )
    assert seconds == 3600
    await database.execute("UPDATE account_tokens SET expires_at = now()")
    assert (await reset(mailing, token)).status_code == 422


async def test_a_bad_password_does_not_use_the_link_up(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person
) -> None:
    await sign_up(mailing)
    await mailbox.next()
    token = await forgot(mailing, mailbox)
    for bad in ("short", "ann@example.org", "qwertyuiop", "x" * 73):
        answer = await reset(mailing, token, bad)
        assert answer.json()["errors"][0]["pointer"] == "/new_password"
    assert (await reset(mailing, token)).status_code == 204


async def test_a_change_makes_links_useless(mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person) -> None:
    ann = await sign_up(mailing)
    await mailbox.next()
    token = await forgot(mailing, mailbox)
    assert (await mailing.post("/me/password", json=CHANGE, headers=ann)).status_code == 204
    assert (await reset(mailing, token)).status_code == 422


async def test_a_link_of_one_sort_is_none_of_another(
    mailing: httpx.AsyncClient, mailbox: Mailbox, sign_up: Person
) -> None:
    await sign_up(mailing)
    verifying = await mailbox.next_token("verify-email")
    assert (await reset(mailing, verifying)).status_code == 422
    resetting = await forgot(mailing, mailbox)
    assert (await mailing.post("/email/verify", json={"token": resetting})).status_code == 422
    assert (await reset(mailing, resetting)).status_code == 204


async def test_nobody_is_told_who_has_an_account(
    make_client: Any, mailbox: Mailbox, sign_up: Person, database: Any
) -> None:
    keep: list[AccountParts] = []
    client = await make_client(keep=keep, **mailbox.settings)
    await sign_up(client)
    await mailbox.next()
    known = await client.post("/password/forgot", json=ADDRESS)
    await mailbox.next()
    await database.execute("UPDATE users SET disabled_at = now()")
    for email in ("bob@example.org", "no address", "ann\0@example.org", "", "ann@example.org"):
        answer = await client.post("/password/forgot", json={"email": email})
        assert (answer.status_code, answer.content) == (known.status_code, known.content) == (202, b"")
        assert set(answer.headers) == set(known.headers)
    await settled(keep[0])
    assert mailbox.is_empty


async def test_mails_are_throttled_by_address(make_client: Any, mailbox: Mailbox) -> None:
    rules = AccountRules(signup="open", sends_mail=True, mails_per_address=Throttle(2, 3600))
    client = await make_client(rules=rules, **mailbox.settings)
    answers = [await client.post("/password/forgot", json={"email": f"u{number}@example.org"}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
    elsewhere = await make_client(rules=rules, address="192.0.2.2", **mailbox.settings)
    assert (await elsewhere.post("/password/forgot", json=ADDRESS)).status_code == 202


async def test_nobody_fills_anothers_mailbox(make_client: Any, mailbox: Mailbox, sign_up: Person) -> None:
    keep: list[AccountParts] = []
    rules = AccountRules(signup="open", sends_mail=True, mails_per_account=Throttle(2, 3600))
    clients = [
        await make_client(rules=rules, address=f"192.0.2.{number}", keep=keep, **mailbox.settings)
        for number in range(4)
    ]
    await sign_up(clients[0])
    await mailbox.next()
    for client in clients:
        assert (await client.post("/password/forgot", json=ADDRESS)).status_code == 202
    for parts in keep:
        await settled(parts)
    tokens = [await mailbox.next_token("reset-password") for _ in range(2)]
    assert mailbox.is_empty
    assert (await reset(clients[0], tokens[0])).status_code == 204  # who was sent enough is not locked out by it


async def test_without_a_mail_server_it_says_so(client: httpx.AsyncClient, sign_up: Person) -> None:
    ann = await sign_up(client)
    assert (await client.get("/signup")).json()["mail"] is False
    for path, body in (
        ("/password/forgot", ADDRESS),
        ("/password/reset", {"token": "x", "new_password": NEW}),
        ("/email/verify", {"token": "x"}),
        ("/email/verify/again", None),
    ):
        answer = await client.post(path, json=body, headers=ann)
        assert answer.status_code == 404, path
        assert "sends no mail" in answer.json()["detail"]
