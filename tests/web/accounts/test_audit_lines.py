"""Each audited action writes one line, which says who and from where, and no secret: from the list of actions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from jobyard.account_wiring import AccountParts
from jobyard.domain.audit import ActorKind, AuditAction
from tests.web.accounts.conftest import Mailbox, settled
from tests.web.conftest import MakeClient
from tests.web.people import PASSWORD, Person, sign_in, sign_up, sign_up_admin

ADDRESS = "198.51.100.7"
NEW_PASSWORD = "entirely another one"
HEADER_VALUE = "Basic c2VjcmV0LW9mLWFubg=="
DONE = (200, 201, 202, 204)


@dataclass
class Scene:
    client: httpx.AsyncClient
    parts: AccountParts
    mailbox: Mailbox
    ann: Person
    root: Person

    async def call(self, path: str, body: Any = None, status: tuple[int, ...] = DONE, **more: Any) -> Any:
        """Somebody who is not signed in calls."""
        answer = await self.client.post(path, json=body, **more)
        assert answer.status_code in status, answer.text
        return answer

    async def cookie(self, path: str, body: Any = None, **more: Any) -> dict[str, str]:
        """The refresh cookie that a call answers with, as a header."""
        answer = await self.call(path, body, **more)
        self.client.cookies.clear()
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in answer.cookies.items())}

    async def signed_in(self) -> dict[str, str]:
        """Ann signs in: her refresh cookie."""
        return await self.cookie("/login", {"email": self.ann.email, "password": PASSWORD})


Act = Callable[[], Awaitable[Any]]
Prepare = Callable[[Scene], Awaitable[Act]]
ACTS: dict[AuditAction, tuple[ActorKind, Prepare]] = {}
"""How each is done, and by whom: `Prepare` does what must be before, the act itself writes the line."""


def does(action: AuditAction, actor: ActorKind = ActorKind.USER) -> Callable[[Prepare], Prepare]:
    def register(prepare: Prepare) -> Prepare:
        ACTS[action] = actor, prepare
        return prepare

    return register


@does(AuditAction.SIGNED_UP)
async def _(scene: Scene) -> Act:
    return lambda: sign_up(scene.client, "eve")


@does(AuditAction.SIGNED_IN)
async def _(scene: Scene) -> Act:
    return lambda: sign_in(scene.ann)


@does(AuditAction.SIGN_IN_FAILED, ActorKind.ANONYMOUS)
async def _(scene: Scene) -> Act:
    return lambda: scene.call("/login", {"email": scene.ann.email, "password": NEW_PASSWORD}, (401,))


@does(AuditAction.SIGNED_OUT)
async def _(scene: Scene) -> Act:
    headers = await scene.signed_in()
    return lambda: scene.call("/logout", headers=headers)


@does(AuditAction.SESSION_REVOKED)
async def _(scene: Scene) -> Act:
    await sign_in(scene.ann)
    sessions = (await scene.ann.get("/me/sessions")).json()["items"]
    other = next(session["id"] for session in sessions if not session["current"])
    return lambda: scene.ann.delete(f"/me/sessions/{other}")


@does(AuditAction.REFRESH_REUSED, ActorKind.ANONYMOUS)
async def _(scene: Scene) -> Act:
    first = await scene.signed_in()
    second = await scene.cookie("/token/refresh", headers=first)
    await scene.cookie("/token/refresh", headers=second)
    return lambda: scene.call("/token/refresh", status=(401,), headers=first)


@does(AuditAction.PASSWORD_CHANGED)
async def _(scene: Scene) -> Act:
    return lambda: scene.ann.post("/me/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})


@does(AuditAction.PASSWORD_RESET_ASKED, ActorKind.ANONYMOUS)
async def _(scene: Scene) -> Act:
    return lambda: scene.call("/password/forgot", {"email": scene.ann.email})


@does(AuditAction.PASSWORD_RESET)
async def _(scene: Scene) -> Act:
    while not scene.mailbox.is_empty:
        await scene.mailbox.next()
    await scene.call("/password/forgot", {"email": scene.ann.email})
    token = await scene.mailbox.next_token("reset-password")
    return lambda: scene.call("/password/reset", {"token": token, "new_password": NEW_PASSWORD})


@does(AuditAction.EMAIL_VERIFIED)
async def _(scene: Scene) -> Act:
    while not scene.mailbox.is_empty:
        await scene.mailbox.next()
    await scene.ann.post("/email/verify/again")
    token = await scene.mailbox.next_token("verify-email")
    return lambda: scene.call("/email/verify", {"token": token})


@does(AuditAction.ACCOUNT_EXPORTED)
async def _(scene: Scene) -> Act:
    return lambda: scene.ann.get("/me/export")


@does(AuditAction.ACCOUNT_DELETED)
async def _(scene: Scene) -> Act:
    return lambda: scene.ann.delete("/me", json={"password": PASSWORD})


@does(AuditAction.KEY_MADE)
async def _(scene: Scene) -> Act:
    return lambda: scene.ann.key("jobs:read")


@does(AuditAction.KEY_DELETED)
async def _(scene: Scene) -> Act:
    await scene.ann.key("jobs:read")
    (key,) = (await scene.ann.get("/api-keys")).json()["items"]
    return lambda: scene.ann.delete(f"/api-keys/{key['id']}")


@does(AuditAction.USER_INVITED, ActorKind.SYSTEM)
async def _(scene: Scene) -> Act:
    return lambda: scene.parts.accounts.admission.invitations.invite("eve@example.org")


def _changes(*changes: dict[str, Any]) -> Prepare:
    """An administrator changes Ann: the last of these is the act."""

    async def prepare(scene: Scene) -> Act:
        for change in changes[:-1]:
            await scene.root.patch(f"/admin/users/{scene.ann.id}", change)
        return lambda: scene.root.patch(f"/admin/users/{scene.ann.id}", changes[-1])

    return prepare


does(AuditAction.ROLE_CHANGED)(_changes({"role": "admin"}))
does(AuditAction.USER_DISABLED)(_changes({"disabled": True}))
does(AuditAction.USER_ENABLED)(_changes({"disabled": True}, {"disabled": False}))
does(AuditAction.WEIGHT_CHANGED)(_changes({"weight": 30}))


@does(AuditAction.SECRET_REVEALED)
async def _(scene: Scene) -> Act:
    payload = {"url": "https://example.org/", "headers": {"Authorization": HEADER_VALUE}}
    body = {"kind": "http.request", "payload": payload, "delay_seconds": 3600}
    job = (await scene.ann.post("/jobs", body)).json()
    return lambda: scene.ann.get(f"/jobs/{job['id']}?reveal=true")


def _of_many(verb: str, *before: str) -> Prepare:
    """A change of all of Ann's jobs, through an API key."""

    async def prepare(scene: Scene) -> Act:
        body = {"kind": "demo.echo", "payload": {"value": 1}, "delay_seconds": 3600}
        await scene.ann.post("/jobs", body)
        for earlier in before:
            await scene.ann.post(f"/jobs/{earlier}", {"filter": {}, "all": True})
        key = await scene.ann.key("jobs:write")
        return lambda: scene.ann.post(f"/jobs/{verb}", {"filter": {}, "all": True}, token=key)

    return prepare


does(AuditAction.JOBS_CANCELLED, ActorKind.API_KEY)(_of_many("cancel"))
does(AuditAction.JOBS_RETRIED, ActorKind.API_KEY)(_of_many("retry", "cancel"))
does(AuditAction.JOBS_DISCARDED, ActorKind.API_KEY)(_of_many("discard", "cancel"))


@pytest.fixture
async def scene(make_client: MakeClient, mailbox: Mailbox, database: Any) -> Scene:
    keep: list[AccountParts] = []
    client = await make_client(address=ADDRESS, keep=keep, demo_kinds=True, **mailbox.settings)
    ann = await sign_up(client, "ann")
    root = await sign_up_admin(client, database, "root")
    await settled(keep[0])
    return Scene(client, keep[0], mailbox, ann, root)


@pytest.mark.parametrize("action", AuditAction)
async def test_an_action_is_one_line(scene: Scene, database: Any, action: AuditAction) -> None:
    assert action in ACTS, f"say in {__name__} how {action} comes about"
    kind, prepare = ACTS[action]
    act = await prepare(scene)
    await settled(scene.parts)
    before = {row["id"] for row in await database.fetch("SELECT id FROM audit")}
    answer = await act()
    if isinstance(answer, httpx.Response):
        assert answer.status_code in (*DONE, 401), answer.text
    await settled(scene.parts)
    lines = [row for row in await database.fetch("SELECT * FROM audit ORDER BY id") if row["id"] not in before]
    assert [line["action"] for line in lines] == [action]
    (line,) = lines
    assert line["actor_kind"] == kind
    assert bool(line["request_id"]) is (kind is not ActorKind.SYSTEM)
    has_gone = action is AuditAction.ACCOUNT_DELETED  # with all that names the user
    assert line["address"] == ("" if has_gone or kind is ActorKind.SYSTEM else ADDRESS)
    is_known = kind in {ActorKind.USER, ActorKind.API_KEY} and not has_gone
    assert (line["actor_id"] is not None) is is_known
    for secret in (PASSWORD, NEW_PASSWORD, HEADER_VALUE, scene.ann.token, "jy_"):
        assert secret not in str(dict(line)), secret
