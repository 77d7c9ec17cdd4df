"""Who may open a live socket, and for how long."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jobyard.domain.job import JobState
from jobyard.domain.limits import Limits
from jobyard.web import live_hub
from jobyard.web.live_connection import Connection, LiveTimes
from jobyard.web.live_strangers import MOST, MOST_AN_ADDRESS
from tests.live.asgi_socket import AsgiSocket, Closed
from tests.live.conftest import ANA, MARA, ORIGIN, StartYard, Yard

BEARER = ("Authorization", "Bearer mara")


async def test_a_header_lets_in(yard: Yard) -> None:
    socket = await yard.open(BEARER)
    assert set(await socket.hear()) == {"type", "cursor"}


async def test_a_first_message_lets_in(yard: Yard) -> None:
    socket = await yard.open(("Origin", ORIGIN))
    socket.say({"type": "auth", "token": "mara"})
    assert (await socket.hear())["type"] == "ready"


@pytest.mark.parametrize("credentials", ["Bearer nobody", "Bearer ", "Basic bWFyYTo=", "mara"])
async def test_a_bad_header_is_4401_at_once(yard: Yard, credentials: str) -> None:
    socket = await yard.open(("Authorization", credentials))
    assert await socket.close_code() == 4401


@pytest.mark.parametrize(
    "message", [{"type": "auth", "token": "nobody"}, {"type": "pong"}, {"type": "subscribe", "after": "x"}]
)
async def test_a_first_message_that_does_not_authenticate_is_4401(yard: Yard, message: object) -> None:
    socket = await yard.open()
    socket.say(message)
    assert await socket.close_code() == 4401


async def test_who_says_nothing_in_time_is_4401(start_yard: StartYard) -> None:
    yard = await start_yard(first_message=0.05)
    socket = await yard.open()
    assert await socket.close_code() == 4401


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:8081", ORIGIN + ".evil.example", ""]
)
async def test_a_foreign_origin_is_4403_with_the_best_of_tokens(yard: Yard, origin: str) -> None:
    socket = await yard.open(BEARER, ("Origin", origin))
    assert await socket.close_code() == 4403
    assert yard.tokens.asked.empty()


async def test_two_origins_are_none(yard: Yard) -> None:
    socket = await yard.open(BEARER, ("Origin", ORIGIN), ("Origin", ORIGIN))
    assert await socket.close_code() == 4403


async def test_an_operator_may_allow_other_origins(yard: Yard) -> None:
    socket = await yard.open(BEARER, ("Origin", "https://tools.example.org"))
    assert (await socket.hear())["type"] == "ready"


async def test_a_token_in_the_url_is_refused(yard: Yard) -> None:
    with pytest.raises(Closed):
        await yard.open(query="token=mara")


async def test_without_a_database_nobody_is_let_in(start_yard: StartYard) -> None:
    yard = await start_yard(join=0.05)
    yard.tokens.down = True
    assert await (await yard.open(BEARER)).close_code() == 1013
    yard.tokens.down = False
    yard.jobs.down = True
    assert await (await yard.open(BEARER)).close_code() == 1013


# For how long --------------------------------------------------------------------------------------------------------
async def test_a_token_that_has_run_out_closes_after_its_grace(start_yard: StartYard) -> None:
    yard = await start_yard(expiry_grace=0.0)
    yard.tokens.give("short", MARA, seconds=0.05)
    socket = await yard.open(("Authorization", "Bearer short"))
    assert await socket.close_code() == 4401


async def test_a_fresh_token_keeps_it_open(start_yard: StartYard) -> None:
    yard = await start_yard(expiry_grace=0.0, ping=0.02)
    yard.tokens.give("short", MARA, seconds=1)
    socket = await yard.open()
    socket.say({"type": "auth", "token": "short"})
    socket.say({"type": "auth", "token": "mara"})
    _, runs_out = yard.tokens.known["short"]
    while datetime.now(UTC) < runs_out + timedelta(seconds=0.2):
        assert (await socket.hear())["type"] in {"ready", "ping"}


async def test_a_token_of_another_user_is_4403(yard: Yard) -> None:
    socket, _ = await yard.enter("mara")
    socket.say({"type": "auth", "token": "ana"})
    assert await socket.close_code() == 4403


async def test_a_bad_token_later_is_4401(yard: Yard) -> None:
    socket, _ = await yard.enter("mara")
    socket.say({"type": "auth", "token": "nobody"})
    assert await socket.close_code() == 4401


async def test_a_session_that_ends_elsewhere_closes_its_sockets(yard: Yard) -> None:
    yard.tokens.give("session", MARA)
    ended, _ = await yard.enter("session")
    other, _ = await yard.enter("mara")
    del yard.tokens.known["session"]
    assert await ended.close_code() == 4401
    await still_hears(yard, other, MARA)


async def test_sessions_that_cannot_be_checked_stay(yard: Yard) -> None:
    socket, _ = await yard.enter("mara")
    yard.tokens.down = True
    for _ in range(3):
        assert await yard.tokens.next_asked() == "mara"
    await still_hears(yard, socket, MARA)


# How many ------------------------------------------------------------------------------------------------------------
async def test_a_user_has_twenty_sockets_and_no_more(yard: Yard) -> None:
    sockets = [(await yard.enter("mara"))[0] for _ in range(20)]
    assert await (await yard.open(BEARER)).close_code() == 4403
    await still_hears(yard, (await yard.enter("ana"))[0], ANA)
    await sockets[0].leave()
    await yard.enter("mara")


async def test_twenty_at_once_are_twenty(yard: Yard) -> None:
    sockets = await asyncio.gather(*(yard.open(BEARER) for _ in range(30)))
    firsts = await asyncio.gather(*(socket.hear() for socket in sockets), return_exceptions=True)
    refused = [first for first in firsts if isinstance(first, Closed)]
    assert len(refused) == 10
    assert {closed.code for closed in refused} == {4403}


async def test_strangers_are_few_an_address_and_ipv6_counts_by_network(yard: Yard) -> None:
    waiting = [await yard.open(address="2001:db8::1") for _ in range(MOST_AN_ADDRESS)]
    assert await (await yard.open(address="2001:db8::ffff")).close_code() == 1013
    await yard.enter("mara")  # with a header it is no stranger
    other = await yard.open(address="2001:db8:0:1::1")
    other.say({"type": "auth", "token": "ana"})
    assert (await other.hear())["type"] == "ready"
    waiting[0].say({"type": "auth", "token": "mara"})
    assert (await waiting[0].hear())["type"] == "ready"
    late = await yard.open(address="2001:db8::ffff")
    late.say({"type": "auth", "token": "ana"})
    assert (await late.hear())["type"] == "ready"


async def test_strangers_are_few_in_all(yard: Yard) -> None:
    sockets = [await yard.open(address=f"192.0.2.{number}") for number in range(MOST)]
    assert await (await yard.open(address="198.51.100.1")).close_code() == 1013
    await sockets[0].leave()
    late = await yard.open(address="198.51.100.1")
    late.say({"type": "auth", "token": "ana"})
    assert (await late.hear())["type"] == "ready"


async def test_an_office_behind_one_address_has_as_many_sockets_as_people(yard: Yard) -> None:
    for number in range(MOST_AN_ADDRESS + 2):
        yard.tokens.give(str(number), 10 + number)
        socket = await yard.open()
        socket.say({"type": "auth", "token": str(number)})
        assert (await socket.hear())["type"] == "ready"


# Pings ---------------------------------------------------------------------------------------------------------------
async def test_pings_bring_the_cursor_forward(start_yard: StartYard) -> None:
    yard = await start_yard(ping=0.02)
    socket, cursor = await yard.enter()
    yard.jobs.begin()
    yard.jobs.open_xids.clear()  # somebody else's transaction
    async with asyncio.timeout(60):
        while True:
            message = await socket.hear()
            assert set(message) == {"type", "cursor"}
            if message["cursor"] != cursor:
                break
            socket.say({"type": "pong"})


async def test_silence_closes(start_yard: StartYard) -> None:
    yard = await start_yard(silence=1, ping=0.02)  # a slow machine answers in less
    silent, _ = await yard.enter("mara")
    talking, _ = await yard.enter("ana")

    async def answer() -> None:
        while True:
            assert (await talking.hear())["type"] == "ping"
            talking.say({"type": "pong"})

    answering = asyncio.create_task(answer())
    assert await silent.close_code() == 1013
    assert not answering.done()
    answering.cancel()


# The numbers of the contract -----------------------------------------------------------------------------------------
def test_times_and_limits_are_those_of_the_contract() -> None:
    times, limits = LiveTimes(), Limits()
    assert (times.first_message, times.ping, times.silence, times.expiry_grace) == (5, 20, 60, 10)
    assert (limits.sockets_per_user, limits.socket_message_bytes) == (20, 64 * 1024)
    assert (Connection.MOST_PENDING, Connection.MOST_BYTES) == (1_000, 1024 * 1024)
    assert live_hub.MOST_REPLAYED == 1_000
    assert timedelta(days=7) == live_hub.OLDEST_CURSOR


# The end -------------------------------------------------------------------------------------------------------------
async def test_at_shutdown_everybody_is_told_1012(yard: Yard) -> None:
    sockets = [(await yard.enter("mara"))[0], (await yard.enter("ana"))[0], await yard.open()]
    await yard.stop()
    assert [await socket.close_code() for socket in sockets] == [1012] * 3
    assert await (await yard.open(BEARER)).close_code() == 1012


async def still_hears(yard: Yard, socket: AsgiSocket, owner: int) -> None:
    """The socket is open: an outcome reaches it."""
    told = yard.jobs.finish(yard.jobs.add(owner), JobState.COMPLETED)
    assert (await socket.hear_until("job"))[-1]["id"] == told
