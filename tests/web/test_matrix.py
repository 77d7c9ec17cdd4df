"""S1: users × every route, made from the API document, so that a new route is in it by itself.

What a stranger's call is answered never depends on whether the thing is there: another's id is answered as nobody's is.
Roles and scopes are those of the document, so that it is held against the server. The socket: test_matrix_socket.py.
"""

import re
from typing import Any
from uuid import UUID

import pytest

from jobyard.domain.user import Scope
from jobyard.web.access import access_of
from tests.web.conftest import MakeClient
from tests.web.people import Person, sign_up, sign_up_admin
from tests.web.test_openapi import OPERATIONS, PUBLIC, is_for_administrators, scopes_of

NOBODYS = "0190d4b4-0000-7000-8000-000000000000"
IN_HOUR = {"kind": "demo.echo", "payload": {"value": 1}, "delay_seconds": 3600}

OF_CALL = {(method.upper(), path): operation for path, method, operation in OPERATIONS if path not in PUBLIC}
CALLS = [*OF_CALL]
WITH_ID = [(method, path) for method, path in CALLS if re.search(r"\{\w+_id\}", path)]


def body_of(method: str, path: str) -> Any:
    """The document's example: what is refused must not be refused for its form."""
    content = OF_CALL[method, path].get("requestBody", {}).get("content", {})
    return content["application/json"]["example"] if content else None


class Yard:
    """Ann's things, Bob who wants them, and an administrator."""

    def __init__(self, ann: Person, bob: Person, admin: Person, ids: dict[str, str]) -> None:
        self.ann, self.bob, self.admin, self.ids = ann, bob, admin, ids

    def url(self, path: str, *, nobodys: bool = False) -> str:
        """A path whose parameters name Ann's things, or nobody's."""
        named = self.ids | {name: NOBODYS for name in self.ids if name.endswith("_id") and nobodys}
        missing = set(re.findall(r"\{(\w+)\}", path)) - named.keys()
        assert not missing, f"say in `yard` what stands for {missing} of {path}"
        return re.sub(r"\{(\w+)\}", lambda found: named[found[1]], path)


@pytest.fixture
async def yard(make_client: MakeClient, database: Any) -> Yard:
    client = await make_client(demo_kinds=True)
    ann, bob = await sign_up(client, "ann"), await sign_up(client, "bob")
    job = (await ann.post("/jobs", IN_HOUR)).json()
    await ann.key("jobs:read")
    operation = UUID(int=UUID(NOBODYS).int + 1)
    await database.execute(
        "INSERT INTO operations (id, owner_id, verb, filter, actor, place)"
        " SELECT $1, key, 'cancel', '{}', '{}', $1 FROM users WHERE id = $2",
        operation,
        ann.id,
    )
    return Yard(
        ann,
        bob,
        await sign_up_admin(client, database, "root"),
        {
            "job_id": job["id"],
            "key_id": (await ann.get("/api-keys")).json()["items"][0]["id"],
            "session_id": (await ann.get("/me/sessions")).json()["items"][0]["id"],
            "operation_id": str(operation),
            "user_id": str(ann.id),
            "kind": "demo.echo",
        },
    )


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_says_who_may_make_it(method: str, path: str) -> None:
    assert access_of(method, path) is not None, "say so in web/access.py"


async def test_anothers_things_are_answered_as_nobodys(yard: Yard) -> None:
    for method, path in WITH_ID:
        answers = [
            await yard.bob.call(method, yard.url(path, nobodys=nobodys), json=body_of(method, path))
            for nobodys in (False, True)
        ]
        wanted = 403 if is_for_administrators(OF_CALL[method, path]) else 404
        assert [answer.status_code for answer in answers] == [wanted, wanted], (method, path, answers[0].text)
        theirs, nobodys = (_without_ids(answer.json()["detail"]) for answer in answers)
        assert theirs == nobodys, (method, path)


async def test_nothing_of_another_is_in_any_list(yard: Yard) -> None:
    """Every GET without an id, as Bob: none of Ann's ids, and not her address."""
    secrets = {value for name, value in yard.ids.items() if name.endswith("_id")} | {yard.ann.email}
    looked_at = 0
    for method, path in CALLS:
        if method != "GET" or (method, path) in WITH_ID:
            continue
        answer = await yard.bob.get(yard.url(path))
        assert answer.status_code in (200, 403), (path, answer.text)
        found = {secret for secret in secrets if secret in answer.text}
        assert not found, path
        looked_at += 1
    assert looked_at > 8


async def test_what_is_for_administrators_is_refused_to_others(yard: Yard) -> None:
    found = 0
    for method, path in CALLS:
        if not is_for_administrators(OF_CALL[method, path]):
            continue
        found += 1
        body = body_of(method, path)
        answer = await yard.bob.call(method, yard.url(path), json=body)
        assert answer.status_code == 403, (method, path)
        answer = await yard.admin.call(method, yard.url(path), json=body)
        assert answer.status_code == 200, (method, path, answer.text)
    assert found >= 3


@pytest.mark.parametrize("scope", [Scope.JOBS_READ, Scope.JOBS_WRITE, Scope.WORKER])
async def test_a_key_does_what_its_scope_names_and_nothing_else(yard: Yard, scope: Scope) -> None:
    """What a key may not do is 403 before anything else is looked at. `jobs:read` is also tried to its end."""
    key = await yard.ann.key(scope)
    for method, path in CALLS:
        answer = await yard.ann.call(method, yard.url(path, nobodys=True), token=key, json=body_of(method, path))
        if scope in scopes_of(OF_CALL[method, path]):
            assert answer.status_code != 403, (method, path, answer.text)
        else:
            assert answer.status_code == 403, (method, path, answer.text)


async def test_a_disabled_user_is_refused_everywhere(yard: Yard, database: Any) -> None:
    key = await yard.ann.key("jobs:read", "jobs:write")
    answer = await yard.admin.patch(f"/admin/users/{yard.ann.id}", {"disabled": True})
    assert answer.status_code == 200, answer.text
    for method, path in CALLS:
        for token in (None, key):
            answer = await yard.ann.call(method, yard.url(path), token=token, json=body_of(method, path))
            assert answer.status_code == 401, (method, path, token is key)


def _without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
