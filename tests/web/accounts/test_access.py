from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jobyard.account_wiring import AccountParts
from jobyard.domain.errors import Unauthenticated
from jobyard.domain.user import Role, Viewer
from jobyard.security import AccessTokens
from jobyard.web.authentication import REMEMBER_SESSIONS, Authenticator

ANN = {"email": "ann@example.org", "password": "rather long and odd"}
NO_KEYS = cast("Any", SimpleNamespace(holder=None))  # nobody asks for one here


async def test_without_a_token_there_is_no_me(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}):
        answer = await client.get("/me", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_refresh_cookie_opens_nothing_else(client: httpx.AsyncClient) -> None:
    await client.post("/signup", json=ANN)
    assert client.cookies.get("jobyard")
    assert (await client.get("/me")).status_code == 401


async def test_a_name_can_be_changed(client: httpx.AsyncClient, database: Any) -> None:
    signed_up = (await client.post("/signup", json=ANN)).json()
    await client.post("/signup", json=ANN | {"email": "bob@example.org"})
    bearer = {"Authorization": f"Bearer {signed_up['access_token']}"}
    answer = await client.patch("/me", json={"name": " Ann the First "}, headers=bearer)
    assert answer.status_code == 200
    assert answer.json() == signed_up["user"] | {"name": "Ann the First"}
    names = await database.fetch("SELECT name FROM users ORDER BY email")
    assert [row["name"] for row in names] == ["Ann the First", "bob"]
    for body in ({"name": ""}, {"name": "x", "role": "admin"}, {"email": "x@example.org"}, {}):
        assert (await client.patch("/me", json=body, headers=bearer)).status_code == 422


async def test_a_revoked_session_and_a_disabled_user_are_refused_elsewhere_too(make_client: Any, database: Any) -> None:
    """In another process, that is: with another memory."""
    parts: list[AccountParts] = []
    client = await make_client(keep=parts)
    bearer = {"Authorization": f"Bearer {(await client.post('/signup', json=ANN)).json()['access_token']}"}
    assert (await client.get("/me", headers=bearer)).status_code == 200
    for change, undo in (
        ("UPDATE sessions SET revoked_at = now()", "UPDATE sessions SET revoked_at = NULL"),
        ("UPDATE users SET disabled_at = now()", "UPDATE users SET disabled_at = NULL"),
        ("UPDATE sessions SET expires_at = now()", "UPDATE sessions SET expires_at = now() + interval '1 day'"),
    ):
        await database.execute(change)
        session_id: UUID = await database.fetchval("SELECT id FROM sessions")
        parts[0].authenticator.forget(session_id)
        assert (await client.get("/me", headers=bearer)).status_code == 401, change
        await database.execute(undo)
        assert (await client.get("/me", headers=bearer)).status_code == 200, undo


async def test_an_outage_is_a_503(make_client: Any) -> None:
    client = await make_client()
    bearer = {"Authorization": f"Bearer {(await client.post('/signup', json=ANN)).json()['access_token']}"}
    away = await make_client(database_url="postgresql://jobyard@127.0.0.1:1/jobyard")
    for answer in (
        await away.get("/me", headers=bearer),
        await away.post("/login", json=ANN),
        await away.get("/readyz"),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert "127.0.0.1" not in answer.text


class Sessions:
    """A directory that counts how often it is asked."""

    def __init__(self, viewer: Viewer | None) -> None:
        self.viewer_now = viewer
        self.asked = 0

    async def viewer(self, session_id: UUID) -> Viewer | None:
        del session_id
        self.asked += 1
        return self.viewer_now


async def test_a_session_is_looked_up_once_in_thirty_seconds() -> None:
    user, session, clock = uuid4(), uuid4(), [1000.0]
    tokens = AccessTokens(["a secret for this test alone, long enough"], "http://localhost", clock=lambda: clock[0])
    sessions = Sessions(Viewer(1, user, Role.USER, session))
    authenticator = Authenticator(tokens, sessions, NO_KEYS, monotonic=lambda: clock[0])
    token = tokens.issue(user, session)
    viewer, until = await authenticator.authenticate_token(token)
    assert (viewer.key, until) == (1, datetime.fromtimestamp(1900, UTC))
    clock[0] = 1029
    await authenticator.authenticate_token(token)
    assert sessions.asked == 1
    sessions.viewer_now = None
    clock[0] = 1031
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate_token(token)


class SlowSessions(Sessions):
    """A directory in which something happens while it is asked."""

    def __init__(self, viewer: Viewer, meanwhile: Callable[[], None]) -> None:
        super().__init__(viewer)
        self.meanwhile = meanwhile

    async def viewer(self, session_id: UUID) -> Viewer | None:
        viewer = await super().viewer(session_id)
        self.meanwhile()
        return viewer


@pytest.mark.parametrize("by_user", [False, True])
async def test_a_session_that_ends_while_it_is_looked_up_is_not_remembered(by_user: bool) -> None:
    user, session = uuid4(), uuid4()
    tokens = AccessTokens(["a secret for this test alone, long enough"], "http://localhost")

    def end() -> None:
        sessions.viewer_now = None
        if by_user:
            authenticator.forget_user(user)
        else:
            authenticator.forget(session)

    sessions = SlowSessions(Viewer(1, user, Role.USER, session), end)
    authenticator = Authenticator(tokens, sessions, NO_KEYS)
    token = tokens.issue(user, session)
    await authenticator.authenticate_token(token)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate_token(token)


async def test_a_user_is_forgotten_in_all_sessions_and_nobody_else_is() -> None:
    user, other = uuid4(), uuid4()
    tokens = AccessTokens(["a secret for this test alone, long enough"], "http://localhost")
    sessions = Sessions(Viewer(1, user, Role.USER))
    authenticator = Authenticator(tokens, sessions, NO_KEYS)
    first, second, third = (tokens.issue(user, uuid4()), tokens.issue(user, uuid4()), tokens.issue(other, uuid4()))
    await authenticator.authenticate_token(first)
    await authenticator.authenticate_token(second)
    sessions.viewer_now = Viewer(2, other, Role.USER)
    await authenticator.authenticate_token(third)
    sessions.viewer_now = None
    authenticator.forget_user(user)
    for token in (first, second):
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate_token(token)
    await authenticator.authenticate_token(third)


async def test_a_token_of_another_user_does_not_fit_the_session() -> None:
    session = uuid4()
    tokens = AccessTokens(["a secret for this test alone, long enough"], "http://localhost")
    authenticator = Authenticator(tokens, Sessions(Viewer(1, uuid4(), Role.ADMIN, session)), NO_KEYS)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate_token(tokens.issue(uuid4(), session))


async def test_the_memory_is_bounded() -> None:
    user = uuid4()
    tokens = AccessTokens(["a secret for this test alone, long enough"], "http://localhost")
    authenticator = Authenticator(tokens, Sessions(Viewer(1, user, Role.USER, uuid4())), NO_KEYS)
    inside = cast("Any", authenticator)
    for _ in range(REMEMBER_SESSIONS + 5):
        await inside._sessions.get(uuid4())
    assert len(inside._sessions) == REMEMBER_SESSIONS


async def test_an_error_of_the_database_does_not_tell_what_was_sent(make_client: Any) -> None:
    keep: list[AccountParts] = []
    await make_client(keep=keep)
    async with keep[0].engine.connect() as connection:
        with pytest.raises(DBAPIError) as raised:
            await connection.execute(text("SELECT CAST(:value AS text)"), {"value": "secret\0"})
    assert "SELECT CAST" in str(raised.value)
    assert "secret" not in str(raised.value)
