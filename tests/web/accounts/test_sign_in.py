from typing import Any, cast

import anyio
import anyio.lowlevel
import bcrypt
import httpx
import pytest

from jobyard.account_wiring import AccountParts
from jobyard.services.account_rules import AccountRules, Throttle

PASSWORD = "rather long and odd"
ANN = {"email": "ann@example.org", "password": PASSWORD}
WRONG = ANN | {"password": "another long password"}


@pytest.fixture
async def ann(client: httpx.AsyncClient) -> dict[str, Any]:
    return (await client.post("/signup", json=ANN)).json()


@pytest.mark.usefixtures("ann")
async def test_the_email_may_be_in_another_case(client: httpx.AsyncClient) -> None:
    answer = await client.post("/login", json=ANN | {"email": "ANN@example.ORG "})
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "ann@example.org"


@pytest.mark.usefixtures("ann")
async def test_a_wrong_password_and_an_unknown_email_are_not_told_apart(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post("/login", json=body)
        for body in (
            WRONG,
            WRONG | {"email": "bob@example.org"},
            WRONG | {"email": "no address"},
            WRONG | {"email": "ann\0@example.org"},
            WRONG | {"password": "x" * 100},
            ANN | {"password": PASSWORD + "\0"},
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_an_unknown_email_costs_the_same_hashing(make_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes: list[bytes] = []
    check = bcrypt.checkpw

    def noted(password: bytes, hashed: bytes) -> bool:
        hashes.append(hashed)
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", noted)
    client = await make_client()
    await client.post("/signup", json=ANN)
    for body in (WRONG, WRONG | {"email": "bob@example.org"}, WRONG | {"password": "x" * 73}):
        await client.post("/login", json=body)
    assert len(hashes) == 3
    assert {hashed.split(b"$")[2] for hashed in hashes} == {b"04"}


@pytest.mark.usefixtures("ann")
async def test_a_disabled_account_is_refused(client: httpx.AsyncClient, database: Any) -> None:
    await database.execute("UPDATE users SET disabled_at = now()")
    assert (await client.post("/login", json=ANN)).status_code == 403
    assert (await client.post("/login", json=WRONG)).status_code == 401


async def test_a_hash_at_another_cost_is_made_anew(make_client: Any, database: Any) -> None:
    client = await make_client()
    await client.post("/signup", json=ANN)
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(5)).decode()
    await database.execute("UPDATE users SET password_hash = $1", old)
    assert (await client.post("/login", json=ANN)).status_code == 200
    assert (await database.fetchval("SELECT password_hash FROM users")).startswith("$2b$04$")
    assert (await client.post("/login", json=ANN)).status_code == 200


async def age_throttles(database: Any, seconds: float) -> None:
    """Let time pass for what was counted."""
    await database.execute(
        "UPDATE throttles SET ends_at = ends_at - $1 * interval '1 s', "
        "times = ARRAY(SELECT at - $1 * interval '1 s' FROM unnest(times) at ORDER BY at)",
        seconds,
    )


async def test_throttled_by_account_and_address(make_client: Any, database: Any) -> None:
    rules = AccountRules(signup="open", failures_per_account=Throttle(3, 900))
    client = await make_client(rules=rules)
    await client.post("/signup", json=ANN)
    assert [(await client.post("/login", json=WRONG)).status_code for _ in range(3)] == [401, 401, 401]
    refused = await client.post("/login", json=ANN)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900
    # Another account from there, and this account from elsewhere, are not touched.
    assert (await client.post("/login", json=WRONG | {"email": "bob@example.org"})).status_code == 401
    elsewhere = await make_client(rules=rules, address="192.0.2.2")
    assert (await elsewhere.post("/login", json=ANN)).status_code == 200
    await age_throttles(database, 900)
    assert (await client.post("/login", json=ANN)).status_code == 200


async def test_no_window_lets_more_through_than_the_limit(make_client: Any, database: Any) -> None:
    """Not even one across the end of another: two guesses late in a window leave one for the next minutes."""
    client = await make_client(rules=AccountRules(signup="open", failures_per_account=Throttle(3, 900)))
    await client.post("/signup", json=ANN)
    assert (await client.post("/login", json=WRONG)).status_code == 401
    await age_throttles(database, 890)
    assert [(await client.post("/login", json=WRONG)).status_code for _ in range(3)] == [401, 401, 429]
    await age_throttles(database, 20)  # the first is over, the two after it are not
    assert [(await client.post("/login", json=WRONG)).status_code for _ in range(2)] == [401, 429]
    refused = await client.post("/login", json=WRONG)
    assert 870 <= int(refused.headers["retry-after"]) <= 880  # until the second of the three is over
    # To be refused is not counted: who tries on and on is let in when the oldest is over.
    await age_throttles(database, 881)
    assert (await client.post("/login", json=ANN)).status_code == 200


async def test_a_good_sign_in_takes_failures_back(make_client: Any) -> None:
    rules = AccountRules(signup="open", failures_per_account=Throttle(3, 900), failures_per_address=Throttle(5, 900))
    client = await make_client(rules=rules)
    await client.post("/signup", json=ANN)
    for _ in range(4):
        assert (await client.post("/login", json=WRONG)).status_code == 401
        assert (await client.post("/login", json=ANN)).status_code == 200


async def test_throttled_by_address_over_many_accounts(make_client: Any) -> None:
    rules = AccountRules(signup="open", failures_per_address=Throttle(3, 900))
    client = await make_client(rules=rules)
    statuses = [
        (await client.post("/login", json=WRONG | {"email": f"user{number}@example.org"})).status_code
        for number in range(4)
    ]
    assert statuses == [401, 401, 401, 429]


async def test_who_mistypes_on_and_on_locks_out_nobody_else(make_client: Any) -> None:
    rules = AccountRules(signup="open", failures_per_account=Throttle(2, 900), failures_per_address=Throttle(4, 900))
    client = await make_client(rules=rules)
    await client.post("/signup", json=ANN)
    statuses = [(await client.post("/login", json=WRONG | {"email": "bob@example.org"})).status_code for _ in range(8)]
    assert statuses == [401] * 2 + [429] * 6
    assert (await client.post("/login", json=ANN)).status_code == 200


async def test_many_guesses_at_once_are_counted_too(make_client: Any) -> None:
    client = await make_client(rules=AccountRules(signup="open", failures_per_account=Throttle(3, 900)))
    await client.post("/signup", json=ANN)
    statuses: list[int] = []

    async def guess() -> None:
        statuses.append((await client.post("/login", json=WRONG)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(guess)
    assert sorted(statuses) == [401] * 3 + [429] * 7


async def test_what_counts_as_one_address(make_client: Any) -> None:
    rules = AccountRules(signup="open", failures_per_account=Throttle(1, 900))
    for address, status in {
        "2001:db8::1": 401,
        "2001:db8::ffff:1": 429,  # one customer's /64
        "2001:db8:0:1::1": 401,
        "192.0.2.1": 401,
        "::ffff:192.0.2.1": 429,  # the same address, by another family
        "192.0.2.2": 401,
    }.items():
        client = await make_client(rules=rules, address=address)
        assert (await client.post("/login", json=WRONG)).status_code == status, address


async def test_dead_counts_are_swept(make_client: Any, database: Any) -> None:
    client = await make_client()
    await client.post("/login", json=WRONG)
    await database.execute("UPDATE throttles SET ends_at = now() - interval '1 s'")
    await client.post("/login", json=WRONG | {"email": "bob@example.org"})
    assert await database.fetchval("SELECT count(*) FROM throttles WHERE ends_at < now()") == 0


async def test_a_users_oldest_sessions_are_forgotten(make_client: Any, database: Any) -> None:
    client = await make_client(rules=AccountRules(signup="open", sessions_per_user=3))
    await client.post("/signup", json=ANN)
    first = await database.fetchval("SELECT id FROM sessions")
    for _ in range(3):
        await client.post("/login", json=ANN, headers={"User-Agent": "Firefox\t1"})
    rows = await database.fetch("SELECT id, device, address FROM sessions")
    assert len(rows) == 3
    assert first not in {row["id"] for row in rows}
    assert {(row["device"], row["address"]) for row in rows} == {("Firefox1", "192.0.2.1")}


async def test_too_many_at_once_are_told_to_wait(make_client: Any) -> None:
    parts: list[AccountParts] = []
    client = await make_client(keep=parts)
    hasher = cast("Any", parts[0].accounts.gate.hasher)
    limiter = hasher._limiter
    hasher._waiting = 1
    holders = [object(), object()]
    for holder in holders:
        limiter.acquire_on_behalf_of_nowait(holder)
    statuses: dict[str, int] = {}

    async def sign_in(name: str) -> None:
        answer = await client.post("/login", json=WRONG | {"email": f"{name}@example.org"})
        statuses[name] = answer.status_code
        if name == "second":
            assert int(answer.headers["retry-after"]) >= 1

    async with anyio.create_task_group() as group:
        group.start_soon(sign_in, "first")
        with anyio.fail_after(10):
            while limiter.statistics().tasks_waiting < 1:
                await anyio.lowlevel.checkpoint()
        await sign_in("second")
        for holder in holders:
            limiter.release_on_behalf_of(holder)
    assert statuses == {"second": 503, "first": 401}
