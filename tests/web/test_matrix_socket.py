"""S1 on the live socket: users × others' events, what a key's scope opens, and who is shown out."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobyard.account_wiring import AccountParts
from jobyard.domain.user import Scope
from jobyard.postgres.outcome_log import PostgresOutcomeLog
from jobyard.web.authentication import REMEMBER_KEY_SECONDS, REMEMBER_SECONDS
from jobyard.web.live_connection import LiveTimes
from tests.live.asgi_socket import AsgiSocket, Closed, open_socket
from tests.web.conftest import ORIGIN, MakeClient
from tests.web.people import PASSWORD, Person, app_of, sign_in, sign_up, sign_up_admin
from tests.web.test_matrix import IN_HOUR

QUICK = LiveTimes(tick=0.02, recheck=0.02, poll=0.05, close=0.5)


async def knock(who: Person, token: str | None = None) -> AsgiSocket:
    return await open_socket(app_of(who.client), ("Authorization", f"Bearer {token or who.token}"))


async def enter(who: Person, token: str | None = None) -> tuple[AsgiSocket, str]:
    """A socket that is ready, and its cursor."""
    socket = await knock(who, token)
    first = await socket.hear()
    assert first["type"] == "ready"
    return socket, first["cursor"]


async def answered(call: Awaitable[httpx.Response], status: int = 200) -> Any:
    answer = await call
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def lead_a_life(who: Person) -> set[str]:
    """Jobs of every fate, in every way that tells events. Returns what names them."""
    jobs = [await answered(who.post("/jobs", IN_HOUR), 201) for _ in range(4)]
    ids = [job["id"] for job in jobs]
    batch = await answered(who.post("/jobs/batch", {"jobs": [IN_HOUR, IN_HOUR]}), 201)
    await answered(who.patch(f"/jobs/{ids[0]}", {"priority": "high", "tags": ["whisper"]}))
    await answered(who.post(f"/jobs/{ids[0]}/cancel"))
    await answered(who.post(f"/jobs/{ids[0]}/retry"))
    await answered(who.post(f"/jobs/{ids[1]}/cancel"))
    copied = await answered(who.post(f"/jobs/{ids[1]}/copy", {"delay_seconds": 60}), 201)
    await answered(who.delete(f"/jobs/{ids[1]}"), 204)
    await answered(who.post("/jobs/cancel", {"ids": [*ids, *batch["ids"]]}))
    return {*ids, *batch["ids"], batch["batch_id"], copied["id"], str(who.id), who.email, "whisper"}


async def told_until_own(who: Person, socket: AsgiSocket) -> str:
    """All that a socket hears up to the end of a job of its owner's, which comes after all that was before."""
    return await told_until(await ended(who), socket)


async def ended(who: Person) -> str:
    """A job that was cancelled: its id."""
    job = await answered(who.post("/jobs", IN_HOUR), 201)
    await answered(who.post(f"/jobs/{job['id']}/cancel"))
    return job["id"]


async def told_until(mark: str, socket: AsgiSocket) -> str:
    heard: list[Any] = []
    while not heard or heard[-1].get("event") != "cancelled" or heard[-1].get("job", {}).get("id") != mark:
        heard.append(await socket.hear())
    return json.dumps(heard)


@pytest.fixture
async def client(make_client: MakeClient) -> httpx.AsyncClient:
    return await make_client(demo_kinds=True, times=QUICK)


async def test_nobody_hears_of_anothers_jobs(client: httpx.AsyncClient, database: Any) -> None:
    """By user, administrator (who has not asked for all), and key: at once, and by cursor."""
    ann, bob = await sign_up(client, "ann"), await sign_up(client, "bob")
    root = await sign_up_admin(client, database, "root")
    listeners = [(bob, None), (bob, await bob.key("jobs:read")), (root, None), (root, await root.key("jobs:read"))]
    sockets = [await enter(who, token) for who, token in listeners]
    _, anns_cursor = await enter(ann)
    hers = await lead_a_life(ann)
    for (who, token), (socket, cursor) in zip(listeners, sockets, strict=True):
        for after in (None, cursor, anns_cursor):
            if after is not None:
                await socket.leave()
                socket, _ = await enter(who, token)  # noqa: PLW2901 - the same client again
                socket.say({"type": "subscribe", "after": after})
            told = await told_until_own(who, socket)
            assert not {name for name in hers if name in told}, (who.email, token is None, after)


async def test_an_administrator_hears_of_all_who_asks_for_it(client: httpx.AsyncClient, database: Any) -> None:
    """Else the test above would pass where nothing is told at all."""
    ann, root = await sign_up(client, "ann"), await sign_up_admin(client, database, "root")
    socket, cursor = await enter(root)
    socket.say({"type": "subscribe", "after": cursor, "all": True})
    await socket.hear_until("subscribed")
    hers = await lead_a_life(ann)
    told = await told_until_own(root, socket)
    assert len({name for name in hers if name in told}) > 3


async def test_what_an_administrator_hears_comes_in_the_order_in_which_it_ended(
    client: httpx.AsyncClient, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one round reads all of it: their own jobs, which are read apart, do not come before others'."""
    ann, root = await sign_up(client, "ann"), await sign_up_admin(client, database, "root")
    socket, cursor = await enter(root)
    socket.say({"type": "subscribe", "after": cursor, "all": True})
    await socket.hear_until("subscribed")
    go_on, look = asyncio.Event(), PostgresOutcomeLog.cursor

    async def look_later(log: PostgresOutcomeLog) -> Any:
        await go_on.wait()
        return await look(log)

    monkeypatch.setattr(PostgresOutcomeLog, "cursor", look_later)
    await root.get("/jobs")  # whatever round was under way
    hers, own = await ended(ann), await ended(root)
    go_on.set()
    assert hers in await told_until(own, socket)


@pytest.mark.parametrize("token_of", ["user", "admin without the scope"])
async def test_all_is_for_administrators(client: httpx.AsyncClient, database: Any, token_of: str) -> None:
    root = await sign_up_admin(client, database, "root")
    who, token = (root, await root.key("jobs:read")) if token_of != "user" else (await sign_up(client, "bob"), None)
    socket, cursor = await enter(who, token)
    socket.say({"type": "subscribe", "after": cursor, "all": True})
    assert await socket.close_code() == 4403


@pytest.mark.parametrize("scope", Scope)
async def test_a_key_opens_the_socket_with_the_scope_that_reads_jobs(
    client: httpx.AsyncClient, database: Any, scope: Scope
) -> None:
    root = await sign_up_admin(client, database, "root")
    key = await root.key(scope)
    by_message = await open_socket(app_of(client), ("Origin", ORIGIN))
    by_message.say({"type": "auth", "token": key})
    for socket in (await knock(root, key), by_message):
        if scope is Scope.JOBS_READ:
            assert (await socket.hear())["type"] == "ready"
        else:
            assert await socket.close_code() == 4403


async def test_a_socket_does_not_grow_into_a_key_that_may_not_read(client: httpx.AsyncClient) -> None:
    ann = await sign_up(client, "ann")
    socket, _ = await enter(ann)
    socket.say({"type": "auth", "token": await ann.key("jobs:write")})
    assert await socket.close_code() == 4403


# Who is shown out ----------------------------------------------------------------------------------------------------
Ending = Callable[[Person, Person, str], Awaitable[None]]


async def _disabled(ann: Person, root: Person, key: str) -> None:
    del key
    await answered(root.patch(f"/admin/users/{ann.id}", {"disabled": True}))


async def _key_deleted(ann: Person, root: Person, key: str) -> None:
    del root
    keys = (await answered(ann.get("/api-keys")))["items"]
    await answered(ann.delete(f"/api-keys/{next(one['id'] for one in keys if key.startswith(one['hint']))}"), 204)


async def _session_ended(ann: Person, root: Person, key: str) -> None:
    del root, key
    sessions = (await answered(ann.get("/me/sessions")))["items"]
    for session in sessions:
        if not session["current"]:
            await answered(ann.delete(f"/me/sessions/{session['id']}"), 204)


async def _password_changed(ann: Person, root: Person, key: str) -> None:
    del root, key
    await answered(ann.post("/me/password", {"current_password": PASSWORD, "new_password": "quite another one"}), 204)


async def _left(ann: Person, root: Person, key: str) -> None:
    del root, key
    await answered(ann.delete("/me", json={"password": PASSWORD}), 204)


SHOWN_OUT: list[tuple[Ending, set[str]]] = [
    (_disabled, {"session", "other session", "key"}),
    (_key_deleted, {"key"}),
    (_session_ended, {"other session"}),
    (_password_changed, {"other session"}),
    (_left, {"session", "other session", "key"}),
]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "in another process"])
@pytest.mark.parametrize(("end", "whose"), SHOWN_OUT, ids=[end.__name__[1:] for end, _ in SHOWN_OUT])
async def test_an_open_socket_is_closed_when_its_right_ends(
    make_client: MakeClient, database: Any, end: Ending, whose: set[str], *, elsewhere: bool
) -> None:
    """Also where another process ended it, once this one looks again; the others stay."""
    keep: list[AccountParts] = []
    client = await make_client(times=QUICK, keep=keep)
    other = await make_client(keep=keep) if elsewhere else client
    ann = await sign_up(client, "ann")
    again, key = await sign_in(ann), await ann.key("jobs:read")
    root = await sign_up_admin(client, database, "root")
    tokens = {"session": ann.token, "other session": again.token, "key": key}
    sockets = {name: (await enter(ann, token))[0] for name, token in tokens.items()}
    await end(at(other, ann), at(other, root), key)
    if elsewhere:
        keep[0].authenticator.forget_user(ann.id)  # as after the time for which it remembers
    for name in sorted(whose):
        assert await sockets[name].close_code() == 4401, name
    for name in sockets.keys() - whose:
        sockets[name].say({"type": "auth", "token": tokens[name]})
        assert "ready" in {message["type"] for message in await sockets[name].hear_until("ready")}, name


def at(client: httpx.AsyncClient, who: Person) -> Person:
    """The same person at another process."""
    return Person(client, who.email, who.id, who.token)


def test_a_right_that_ended_elsewhere_is_over_within_a_minute() -> None:
    """What is remembered is never older than this, and a socket is looked at so often."""
    assert LiveTimes().recheck + REMEMBER_SECONDS <= 60
    assert REMEMBER_KEY_SECONDS < 5


# Whatever is said ----------------------------------------------------------------------------------------------------
WORDS = st.sampled_from(["type", "token", "after", "all", "auth", "subscribe", "pong", "ready", "job"])
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ALMOST = st.fixed_dictionaries(
    {"type": st.sampled_from(["auth", "subscribe", "pong", "unsubscribe"])},
    optional={
        "token": st.sampled_from(["<bob>", "<ann's key>"]) | st.text(max_size=60),
        "after": st.sampled_from(["<bob>", "<ann>"]) | st.text(max_size=80),
        "all": st.booleans() | st.none(),
    },
)
FRAMES = st.lists(st.binary(max_size=60) | st.text(max_size=60) | JSONS.map(json.dumps) | ALMOST, max_size=4)


@asynccontextmanager
async def visit(bob: Person, *, known: bool) -> AsyncGenerator[AsgiSocket]:
    """A socket of Bob's, or of somebody who has not said who they are."""
    headers = [("Authorization", f"Bearer {bob.token}")] if known else []
    socket = await open_socket(app_of(bob.client), *headers)
    yield socket
    await socket.leave()


async def test_whatever_is_said_it_is_no_error_inside_and_tells_nothing_of_others(
    make_client: MakeClient,
) -> None:
    """Sequences of frames, before and after it is known who speaks, with cursors and keys of others among them."""
    client = await make_client(demo_kinds=True, times=LiveTimes(first_message=0.2, poll=0.05, close=0.5))
    ann, bob = await sign_up(client, "ann"), await sign_up(client, "bob")
    socket, anns = await enter(ann)
    await socket.leave()
    (socket, bobs), hers = await enter(bob), await lead_a_life(ann)
    await socket.leave()
    stand_for = {"<bob>": bob.token, "<ann's key>": await ann.key("jobs:write")}
    loop = asyncio.get_running_loop()

    async def say(frames: list[Any], *, known: bool) -> None:
        async with visit(bob, known=known) as visitor:
            for frame in frames:
                visitor.say(_filled(frame, stand_for, {"<bob>": bobs, "<ann>": anns}))
            visitor.say({"type": "subscribe", "after": bobs})
            heard: list[Any] = []
            try:
                while not heard or heard[-1]["type"] not in {"subscribed", "reset"}:
                    heard.append(await visitor.hear())
            except Closed as closed:
                assert closed.code in {4400, 4401, 4403}, closed  # noqa: PT017 - it may close, and then so
                heard.append(closed.reason)
            told = json.dumps(heard)
            assert not {name for name in hers if name in told}
        assert visitor.task is not None
        assert visitor.task.done()
        assert visitor.task.exception() is None

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(frames=FRAMES, known=st.booleans())
    def fuzz(frames: list[Any], *, known: bool) -> None:
        asyncio.run_coroutine_threadsafe(say(frames, known=known), loop).result(60)

    await asyncio.to_thread(fuzz)


def _filled(frame: Any, tokens: dict[str, str], cursors: dict[str, str]) -> Any:
    """An almost right frame with the tokens and cursors that it names."""
    if not isinstance(frame, dict):
        return frame
    said = cast("dict[str, Any]", frame)
    filled = {name: tokens.get(str(value), value) if name == "token" else value for name, value in said.items()}
    return {name: cursors.get(str(value), value) if name == "after" else value for name, value in filled.items()}
