import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import Mock
from uuid import UUID, uuid4

import httpx
import pytest

from jobyard.domain.api_key import PREFIX, api_key_of
from jobyard.domain.errors import Unauthenticated
from jobyard.domain.user import Role, UsedKey, Viewer
from jobyard.ports import KeyHolder
from jobyard.web.authentication import REMEMBER_KEY_SECONDS, Authenticator
from tests.web.people import PASSWORD, sign_in, sign_up, sign_up_admin

NOTHING = cast("Any", Mock())
READ = {"name": "ci", "scopes": ["jobs:read"]}


async def test_a_key_is_shown_once_and_stored_as_a_hash(client: httpx.AsyncClient, database: Any) -> None:
    ann = await sign_up(client, "ann")
    answer = await ann.post("/api-keys", {"name": " ci ", "scopes": ["jobs:write", "jobs:read", "jobs:write"]})
    assert answer.status_code == 201
    made = answer.json()
    key = made.pop("key")
    assert key.startswith(PREFIX)
    assert made["name"] == "ci"
    assert made["scopes"] == ["jobs:read", "jobs:write"]
    assert made["hint"] == key[:8]
    assert made["expires_at"] is None
    assert made["last_used_at"] is None
    assert (await ann.get("/api-keys")).json() == {"items": [made], "next_cursor": None}
    row = await database.fetchrow("SELECT * FROM api_keys")
    assert row["hash"] == hashlib.sha256(key.encode()).digest()
    assert key not in str(dict(row))


async def test_what_is_wrong_with_a_key_is_named(client: httpx.AsyncClient) -> None:
    ann = await sign_up(client, "ann")
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"name": " "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"name": "a\0b"}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["jobs:delete"]}, "/scopes/0"),
        ({"scopes": "jobs:read"}, "/scopes"),
        ({"expires_at": past}, "/expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "/expires_at"),
        ({"expires_at": 5}, "/expires_at"),
        ({"admin": True}, "/admin"),
    ]
    for change, pointer in cases:
        answer = await ann.post("/api-keys", READ | change)
        assert answer.status_code == 422, change
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_key_is_used_and_its_use_is_noted_once_a_minute(
    client: httpx.AsyncClient, authenticator: Authenticator, database: Any
) -> None:
    ann = await sign_up(client, "ann")
    key = await ann.key("jobs:read")
    assert (await ann.get("/jobs", token=key)).status_code == 200
    first = (await ann.get("/api-keys")).json()["items"][0]["last_used_at"]
    assert first is not None
    await _age(database, "30 seconds")
    used = await database.fetchval("SELECT last_used_at FROM api_keys")
    authenticator.forget_user(ann.id)  # as in a process that has not seen the key lately
    assert (await ann.get("/jobs", token=key)).status_code == 200
    assert await database.fetchval("SELECT last_used_at FROM api_keys") == used
    await _age(database, "31 seconds")
    used = await database.fetchval("SELECT last_used_at FROM api_keys")
    authenticator.forget_user(ann.id)  # as in a process that has not seen the key lately
    assert (await ann.get("/jobs", token=key)).status_code == 200
    assert await database.fetchval("SELECT last_used_at FROM api_keys") > used


async def _age(database: Any, by: str) -> None:
    await database.execute("UPDATE api_keys SET last_used_at = last_used_at - $1::text::interval", by)


async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, database: Any) -> None:
    ann = await sign_up(client, "ann")
    key = await ann.key("jobs:read")
    for bad in ("jy_", "jy_x", key[:-1], key + "0", key.swapcase(), api_key_of(bytes(32)), key.removeprefix("jy_")):
        answer = await ann.get("/jobs", token=bad)
        assert answer.status_code == 401, bad
        assert answer.headers["www-authenticate"] == "Bearer"
        assert bad not in answer.text or len(bad) < 5
    await database.execute("UPDATE api_keys SET expires_at = now()")
    assert (await ann.get("/jobs", token=key)).status_code == 401


async def test_a_key_runs_out(client: httpx.AsyncClient, authenticator: Authenticator, database: Any) -> None:
    ann = await sign_up(client, "ann")
    key = await ann.key("jobs:read", expires_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert (await ann.get("/jobs", token=key)).status_code == 200
    await database.execute("UPDATE api_keys SET expires_at = now() - interval '1 second'")
    authenticator.forget_user(ann.id)
    assert (await ann.get("/jobs", token=key)).status_code == 401


async def test_a_deleted_key_is_refused_at_once(client: httpx.AsyncClient, database: Any) -> None:
    ann, bob = await sign_up(client, "ann"), await sign_up(client, "bob")
    key = await ann.key("jobs:read")
    key_id = (await ann.get("/api-keys")).json()["items"][0]["id"]
    assert (await ann.get("/jobs", token=key)).status_code == 200
    assert (await bob.delete(f"/api-keys/{key_id}")).status_code == 404
    assert (await bob.get("/api-keys")).json()["items"] == []
    assert (await ann.get("/jobs", token=key)).status_code == 200
    assert (await ann.delete(f"/api-keys/{key_id}")).status_code == 204
    assert (await ann.get("/jobs", token=key)).status_code == 401
    assert (await ann.delete(f"/api-keys/{key_id}")).status_code == 404
    assert await database.fetchval("SELECT count(*) FROM api_keys") == 0


async def test_a_key_cannot_make_a_key(client: httpx.AsyncClient, database: Any) -> None:
    admin = await sign_up_admin(client, database, "ann")
    key = await admin.key("admin", "jobs:read", "jobs:write", "worker")
    answer = await admin.post("/api-keys", READ, token=key)
    assert answer.status_code == 403
    assert "signed-in session" in answer.json()["detail"]
    assert (await admin.get("/api-keys", token=key)).status_code == 200


async def test_only_an_administrator_can_give_the_scope_admin(client: httpx.AsyncClient, database: Any) -> None:
    ann = await sign_up(client, "ann")
    answer = await ann.post("/api-keys", READ | {"scopes": ["jobs:read", "admin"]})
    assert answer.status_code == 403
    assert await database.fetchval("SELECT count(*) FROM api_keys") == 0


async def test_an_administrators_key_has_no_more_than_its_scopes(client: httpx.AsyncClient, database: Any) -> None:
    admin = await sign_up_admin(client, database, "ann")
    key = await admin.key("jobs:read")
    for path in ("/me", "/api-keys", "/audit", "/audit?all=true"):
        assert (await admin.get(path, token=key)).status_code == 403, path
    whole = await admin.key("admin")
    for path in ("/me", "/api-keys", "/audit", "/audit?all=true"):
        assert (await admin.get(path, token=whole)).status_code == 200, path
    assert (await admin.get("/jobs", token=whole)).status_code == 403


async def test_who_is_no_administrator_any_more_has_keys_without_it(
    client: httpx.AsyncClient, authenticator: Authenticator, database: Any
) -> None:
    admin = await sign_up_admin(client, database, "ann")
    key = await admin.key("admin", "jobs:read")
    assert (await admin.get("/audit?all=true", token=key)).status_code == 200
    await database.execute("UPDATE users SET role = 'user'")
    authenticator.forget_user(admin.id)
    assert (await admin.get("/audit", token=key)).status_code == 403
    assert (await admin.get("/me", token=key)).status_code == 403
    assert (await admin.get("/jobs", token=key)).status_code == 200


async def test_the_keys_of_a_disabled_user_are_refused(client: httpx.AsyncClient, database: Any) -> None:
    ann = await sign_up(client, "ann")
    key = await ann.key("jobs:read")
    await database.execute("UPDATE users SET disabled_at = now()")
    assert (await ann.get("/jobs", token=key)).status_code == 401


async def test_a_new_password_leaves_keys_alone(client: httpx.AsyncClient) -> None:
    """Programs go on; who changed it because of a stranger sees all keys, with their last use, and deletes them."""
    ann = await sign_up(client, "ann")
    key = await ann.key("jobs:read")
    change = {"current_password": PASSWORD, "new_password": "quite another one"}
    assert (await ann.post("/me/password", change)).status_code == 204
    assert (await ann.get("/jobs", token=key)).status_code == 200
    (listed,) = (await ann.get("/api-keys")).json()["items"]
    assert key.startswith(listed["hint"])
    assert listed["last_used_at"] is not None


async def test_fifty_keys_and_no_more_also_at_once(client: httpx.AsyncClient, database: Any) -> None:
    ann = await sign_up(client, "ann")
    for _ in range(48):
        await ann.key("jobs:read")
    second = await sign_in(ann)
    answers = await asyncio.gather(*(who.post("/api-keys", READ) for who in (ann, second, ann, second)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "50 API keys" in refused.json()["detail"]
    assert await database.fetchval("SELECT count(*) FROM api_keys") == 50
    seen: list[str] = []
    path = "/api-keys?limit=20"
    while path:
        answer = await ann.get(path)
        seen += [key["id"] for key in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert len(set(seen)) == 50
    assert seen == sorted(seen, reverse=True)


async def test_jobs_of_a_key_are_its_owners(client: httpx.AsyncClient) -> None:
    ann, bob = await sign_up(client, "ann"), await sign_up(client, "bob")
    key = await ann.key("jobs:read", "jobs:write")
    made = await ann.post("/jobs", {"kind": "http.request", "payload": {"url": "http://example.org/"}}, token=key)
    assert made.status_code == 201, made.text
    assert made.json()["owner_id"] == str(ann.id)
    assert (await ann.get(f"/jobs/{made.json()['id']}")).status_code == 200
    assert (await bob.get(f"/jobs/{made.json()['id']}")).status_code == 404


class Keys:
    """A directory that counts how often it is asked, and in which something may happen meanwhile."""

    def __init__(self, holder: KeyHolder, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.holder_now: KeyHolder | None = holder
        self.meanwhile = meanwhile
        self.asked = 0

    async def holder(self, digest: bytes) -> KeyHolder | None:
        del digest
        self.asked += 1
        found = self.holder_now
        self.meanwhile()
        return found


def _holder(key_id: UUID, expires_at: datetime | None = None) -> KeyHolder:
    used = UsedKey(key_id, "ci", frozenset())
    return KeyHolder(Viewer(1, uuid4(), Role.USER, api_key=used), expires_at, noted=True)


async def test_a_key_is_looked_up_again_within_five_seconds() -> None:
    clock, keys = [1000.0], Keys(_holder(uuid4()))
    authenticator = Authenticator(NOTHING, NOTHING, keys, monotonic=lambda: clock[0])
    key = api_key_of(bytes(32))
    await authenticator.authenticate_token(key)
    clock[0] += 3.9
    await authenticator.authenticate_token(key)
    assert keys.asked == 1
    keys.holder_now = None
    clock[0] += 0.2
    assert REMEMBER_KEY_SECONDS < 5
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate_token(key)


async def test_a_key_that_is_deleted_while_it_is_looked_up_is_not_remembered() -> None:
    key_id = uuid4()

    def delete() -> None:
        keys.holder_now = None
        authenticator.forget_key(key_id)

    keys = Keys(_holder(key_id), delete)
    authenticator = Authenticator(NOTHING, NOTHING, keys)
    await authenticator.authenticate_token(api_key_of(bytes(32)))
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate_token(api_key_of(bytes(32)))
