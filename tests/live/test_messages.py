"""What a client may say, and cursors as text: every parser takes its own and refuses the rest."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from jobyard.domain.errors import Invalid
from jobyard.domain.events import Cursor
from jobyard.web.live_cursors import Cursors
from jobyard.web.live_messages import Auth, BadMessage, Pong, Subscribe, read_message
from jobyard.web.paging import decode_cursor, decode_id, encode_cursor, encode_id
from tests.live.asgi_socket import Closed
from tests.live.conftest import StartYard, Yard

KIBIBYTES_64 = 64 * 1024

MESSAGES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "token", "after", "all", "x"]) | st.text(), inner, max_size=4)
    ),
).map(json.dumps)
ALMOST = st.fixed_dictionaries(
    {"type": st.sampled_from(["auth", "subscribe", "pong", "ping", "AUTH", ""])},
    optional={"token": st.text() | st.none() | st.integers(), "after": st.text() | st.lists(st.text())},
).map(json.dumps)


@given(st.text() | MESSAGES | ALMOST)
def test_any_text_is_a_message_or_a_bad_one(text: str) -> None:
    try:
        message = read_message(text, KIBIBYTES_64)
    except BadMessage as error:
        assert str(error)  # noqa: PT017 - either is right; the text goes into the close frame
        return
    body = json.loads(text)
    assert isinstance(message, Auth | Subscribe | Pong)
    fields = {Auth: {"token"}, Subscribe: {"after"}, Pong: set[str]()}[type(message)]
    assert {"type", *fields} <= set(body) <= {"type", *fields, *(["all"] if isinstance(message, Subscribe) else [])}


BAD: list[Any] = [
    b"binary",
    json.dumps({"type": "pong"}).encode(),
    "",
    "no json",
    "[]",
    "null",
    "{}",
    {"type": "nonsense"},
    {"type": "ping"},
    {"type": "pong", "extra": 1},
    {"type": "subscribe"},
    {"type": "subscribe", "after": 5},
    {"type": "subscribe", "after": "not a cursor"},
    {"type": "subscribe", "after": ""},
    {"type": "subscribe", "after": "x" * 201},
    {"type": "subscribe", "after": "x", "all": 1},
    {"type": "auth"},
    {"type": "auth", "token": None},
    {"type": "auth", "token": "x" * KIBIBYTES_64},
    {"type": "auth", "token": "é" * (KIBIBYTES_64 // 2)},
    "[" * 60_000,
    '{"type":' * 8_000,
    '{"type": "pong", "x": ' + "[" * 60_000,
    "\ud800",
]


@pytest.mark.parametrize("message", BAD, ids=range(len(BAD)))
async def test_a_bad_message_is_4400(yard: Yard, message: Any) -> None:
    socket, _ = await yard.enter()
    socket.say(message)
    assert await socket.close_code() == 4400


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=st.binary(max_size=200) | st.text(max_size=200) | MESSAGES | ALMOST)
async def test_whatever_is_said_the_socket_goes_on_or_says_why_not(start_yard: StartYard, message: bytes | str) -> None:
    yard: Yard = await start_yard()
    socket, cursor = await yard.enter()
    socket.say(message)
    socket.say({"type": "subscribe", "after": cursor})
    try:
        await socket.hear_until("subscribed")
    except Closed as closed:
        assert (closed.code, bool(closed.reason)) in {(4400, True), (4401, True), (4403, True)}  # noqa: PT017 - as above
    await yard.stop()


async def test_a_first_message_that_is_none_is_4400(yard: Yard) -> None:
    socket = await yard.open()
    socket.say("no json")
    assert await socket.close_code() == 4400


def test_a_message_of_exactly_the_limit_is_taken() -> None:
    frame = json.dumps({"type": "auth", "token": ""})
    text = json.dumps({"type": "auth", "token": "x" * (KIBIBYTES_64 - len(frame))})
    assert len(text) == KIBIBYTES_64
    assert isinstance(read_message(text, KIBIBYTES_64), Auth)


# Cursors -------------------------------------------------------------------------------------------------------------
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSORS = st.builds(
    Cursor,
    system=st.integers(0, 2**64 - 1),
    xmin=st.integers(0, 2**63 - 1),
    at=st.integers(0, 10**17).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds)),
)


OLD, NEW = Cursors([b"old"]), Cursors([b"new", b"old"])


@given(CURSORS)
def test_a_cursor_comes_back_as_it_was_also_after_a_change_of_the_secret(cursor: Cursor) -> None:
    assert OLD.read(OLD.text(cursor)) == NEW.read(NEW.text(cursor)) == NEW.read(OLD.text(cursor)) == cursor
    assert OLD.read(NEW.text(cursor)) is None


@given(CURSORS, CURSORS)
def test_a_cursor_tells_nothing(cursor: Cursor, other: Cursor) -> None:
    """Places that differ in their last bit have nothing in common, and neither has what was put in."""
    raw = urlsafe_b64decode(OLD.text(cursor) + "==")
    assert cursor.system.to_bytes(8, "big") not in raw or cursor.system < 2**32
    near = urlsafe_b64decode(OLD.text(replace(cursor, xmin=cursor.xmin ^ 1)) + "==")
    assert sum(a == b for a, b in zip(raw, near, strict=True)) < 12
    assert (OLD.text(cursor) == OLD.text(other)) is (cursor == other)


@given(CURSORS, st.data())
def test_a_cursor_that_was_changed_is_none_of_ours(cursor: Cursor, data: st.DataObject) -> None:
    text = OLD.text(cursor)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != text[place]))
    for changed in (
        text[:place] + other + text[place + 1 :],
        text[:place] + text[place + 1 :],
        text + other,
        text + "=",
    ):
        assert read(changed) is None


@given(st.text() | st.binary(max_size=60).map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")))
def test_no_text_breaks_the_reader_of_cursors(text: str) -> None:
    assert read(text) is None


def read(text: str) -> Cursor | None:
    try:
        return OLD.read(text)
    except BadMessage:
        return None


@given(st.uuids())
def test_a_pages_cursor_comes_back_and_is_good_for_its_list_alone(place: UUID) -> None:
    cursor = encode_id("jobs", place)
    assert decode_id("jobs", cursor) == place
    with pytest.raises(Invalid):
        decode_id("kinds", cursor)


@given(st.text(max_size=300) | st.binary(max_size=40).map(lambda place: encode_cursor("jobs", place)))
def test_no_text_breaks_the_reader_of_pages(text: str) -> None:
    try:
        place = decode_cursor("jobs", text)
    except Invalid as error:
        assert error.errors[0].pointer == "?cursor"  # noqa: PT017 - either is right
        return
    assert encode_cursor("jobs", place) == text


def test_a_page_goes_on_below_an_id_alone() -> None:
    with pytest.raises(Invalid):
        decode_id("jobs", encode_cursor("jobs", uuid7().bytes + b"!"))
