from collections.abc import Awaitable, Callable

import anyio
import httpx
import pytest

from jobyard.account_wiring import account_rules
from jobyard.services.account_rules import AccountRules, Throttle
from jobyard.settings import Settings

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]

GOOD = {"email": "Ann@Example.org", "password": "rather long and odd", "name": "Ann"}


async def test_a_new_account_is_signed_in(client: httpx.AsyncClient) -> None:
    answer = await client.post("/signup", json=GOOD)
    assert answer.status_code == 201
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    user = body["user"]
    assert set(user) == {"id", "email", "name", "role", "email_verified", "created_at"}
    assert (user["email"], user["name"], user["role"], user["email_verified"]) == (
        "Ann@example.org",
        "Ann",
        "user",
        False,
    )
    assert user["created_at"].endswith("Z")
    me = await client.get("/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.status_code == 200
    assert me.json() == user


async def test_without_a_name_it_is_the_part_before_the_at(client: httpx.AsyncClient) -> None:
    answer = await client.post("/signup", json={"email": "bob@example.org", "password": "rather long and odd"})
    assert answer.json()["user"]["name"] == "bob"


async def test_an_address_makes_one_account_whatever_its_case(client: httpx.AsyncClient) -> None:
    await client.post("/signup", json=GOOD)
    for email in ("ann@example.org", "ANN@EXAMPLE.ORG", " ann@example.org "):
        assert (await client.post("/signup", json=GOOD | {"email": email})).status_code == 409


async def test_of_two_at_once_one_gets_the_account(client: httpx.AsyncClient) -> None:
    statuses: list[int] = []

    async def sign_up() -> None:
        statuses.append((await client.post("/signup", json=GOOD)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(sign_up)
    assert sorted(statuses) == [201, 409, 409, 409]


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"email": "nobody"}, "/email", "is not an email address"),
    ({"email": "a" * 65 + "@example.org"}, "/email", "is not an email address"),
    ({"email": "a\n@example.org"}, "/email", "is not an email address"),
    ({"email": '"ann@example.org"@example.com'}, "/email", "is not an email address"),
    ({"password": "short1234"}, "/password", "must have at least 10 characters, has 9"),
    ({"password": "ü" * 37}, "/password", "must have at most 72 bytes in UTF-8, has 74"),
    ({"password": "Qwertyuiop"}, "/password", "is among the commonest passwords: choose another"),
    ({"password": "ANN@example.ORG"}, "/password", "must not be the email address"),
    ({"password": "ten letters\0 and more"}, "/password", "must not contain the character U+0000"),
    ({"name": "  "}, "/name", "must not be empty"),
    ({"name": "a" * 101}, "/name", "must have at most 100 characters, has 101"),
    ({"name": "a\u0007b"}, "/name", "must not contain control characters"),
    ({"name": "a\u202eb"}, "/name", "must not contain invisible characters, such as U+202E"),
    ({"name": "\u3164"}, "/name", "must contain something that can be seen"),
    ({"nick": "x"}, "/nick", "is not a known field"),
    ({"email": None}, "/email", "Expected `str`, got `null`"),
    ({"password": 1234567890}, "/password", "Expected `str`, got `int`"),
]


async def test_what_is_wrong_is_named(client: httpx.AsyncClient) -> None:
    for change, pointer, message in WRONG:
        answer = await client.post("/signup", json=GOOD | change)
        assert answer.status_code == 422, change
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"] == [{"pointer": pointer, "message": message}]


async def test_all_wrong_fields_are_named_at_once(client: httpx.AsyncClient) -> None:
    answer = await client.post("/signup", json={"email": "no", "password": "no", "name": ""})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/email", "/password", "/name"]


async def test_the_longest_password_is_taken_whole(client: httpx.AsyncClient) -> None:
    password = "ü" * 36
    assert (await client.post("/signup", json=GOOD | {"password": password})).status_code == 201
    longer = {"email": GOOD["email"], "password": password + "x"}
    assert (await client.post("/login", json=longer)).status_code == 401
    assert (await client.post("/login", json=longer | {"password": password})).status_code == 200


async def test_closed(make_client: MakeClient) -> None:
    client = await make_client(signup="closed")
    answer = await client.post("/signup", json=GOOD)
    assert answer.status_code == 403
    assert "closed" in answer.json()["detail"]


async def test_one_domain_alone(make_client: MakeClient) -> None:
    client = await make_client(signup="domain:example.org")
    for email, status in {
        "ann@example.org": 201,
        "bob@EXAMPLE.org": 201,
        "ann@example.com": 403,
        "ann@sub.example.org": 403,
        "ann@notexample.org": 403,
    }.items():
        assert (await client.post("/signup", json=GOOD | {"email": email})).status_code == status, email


async def test_sign_ups_are_throttled_by_address(make_client: MakeClient) -> None:
    rules = AccountRules(signup="open", signup_per_address=Throttle(2, 3600))
    client = await make_client(rules=rules)
    # One that is refused counts too: else the answer 409 would tell for nothing who has an account.
    statuses = [(await client.post("/signup", json=GOOD)).status_code for _ in range(3)]
    assert statuses == [201, 409, 429]
    elsewhere = await make_client(rules=rules, address="192.0.2.2")
    assert (await elsewhere.post("/signup", json=GOOD | {"email": "bob@example.org"})).status_code == 201


@pytest.mark.parametrize(("environment", "limit"), [("production", 10), ("development", 300)])
def test_sign_ups_an_hour(environment: str, limit: int) -> None:
    given = {
        "JOBYARD_ENV": environment,
        "JOBYARD_DATABASE_URL": "postgresql://here",
        "JOBYARD_SECRET": "4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ",
        "JOBYARD_PUBLIC_URL": "http://localhost:8080",
    }
    assert account_rules(Settings.read(given)).signup_per_address == Throttle(limit, 3600)
    own = account_rules(Settings.read(given | {"JOBYARD_SIGNUPS_PER_ADDRESS": "7"}))
    assert own.signup_per_address == Throttle(7, 3600)
