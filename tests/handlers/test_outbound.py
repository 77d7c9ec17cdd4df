"""S5 and S10: where a request may go, and how many at a time."""

import asyncio
import socket
import threading
from ipaddress import ip_network

import pytest

from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.handlers.addresses import AddressPolicy
from jobyard.handlers.outbound import Outbound
from jobyard.handlers.resolver import SystemResolver, addresses_of
from tests.handlers.conftest import Serve
from tests.handlers.surroundings import OK, Answers, Context, Ended, RecordedNetwork, run_job

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:4700::1111"


def redirect_to(url: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode()


def assert_not_allowed(ended: Ended) -> None:
    assert isinstance(ended, Fail), ended
    assert ended.type == "address_not_allowed"
    assert "not allowed" in ended.message


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0",
        "127.0.0.1.",
        "127。0。0。1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "100.100.100.200",
        "localhost",
        "LOCALHOST",
        "localhost.",
    ],
)
async def test_no_form_of_an_inside_address_is_connected_to(host: str) -> None:
    network = RecordedNetwork()
    ended = await run_job(Outbound(AddressPolicy(), network=network), url=f"http://{host}/")
    # Where the machine's resolver does not know such a form, there is no address at all.
    if isinstance(ended, RetryAfter):
        assert ended.type == "name_not_resolved"
        assert host in ("127.0.0.1.", "localhost.")
    else:
        assert_not_allowed(ended)
    assert network.connected == []


async def test_the_address_that_was_checked_is_connected_to_and_the_name_is_looked_up_once() -> None:
    network, rebinding = RecordedNetwork(), Answers([PUBLIC], ["127.0.0.1"])
    outbound = Outbound(AddressPolicy(), resolve=rebinding, network=network)
    first = await run_job(outbound, url="http://rebind.example/")
    assert isinstance(first, dict)
    assert (network.connected, rebinding.asked) == ([PUBLIC], ["rebind.example"])
    assert_not_allowed(await run_job(outbound, url="http://rebind.example/"))
    assert network.connected == [PUBLIC]


async def test_a_name_that_turns_inward_between_two_redirects_is_caught() -> None:
    network, rebinding = RecordedNetwork(redirect_to("/again")), Answers([PUBLIC], ["10.0.0.1"])
    ended = await run_job(Outbound(AddressPolicy(), resolve=rebinding, network=network), url="http://rebind.example/")
    assert_not_allowed(ended)
    assert network.connected == [PUBLIC]


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:6379/", "http://169.254.169.254/latest/meta-data/", "//[::1]/", "http://inside/"]
)
async def test_a_redirect_inward_is_refused(to: str) -> None:
    network, resolve = RecordedNetwork(redirect_to(to)), Answers([PUBLIC], ["192.168.0.1"])
    ended = await run_job(Outbound(AddressPolicy(), resolve=resolve, network=network), url="http://example.org/")
    assert_not_allowed(ended)
    assert network.connected == [PUBLIC]


@pytest.mark.parametrize(
    "answer", [[PUBLIC, "10.0.0.1"], ["::1", PUBLIC], [PUBLIC, PUBLIC, PUBLIC, PUBLIC, PUBLIC, "fe80::1%eth0"]]
)
async def test_one_inside_address_among_many_spoils_them_all(answer: list[str]) -> None:
    network = RecordedNetwork()
    ended = await run_job(
        Outbound(AddressPolicy(), resolve=Answers(answer), network=network), url="http://both.example/"
    )
    assert_not_allowed(ended)
    assert network.connected == []


async def test_the_error_does_not_tell_what_a_name_means_inside() -> None:
    ended = await run_job(Outbound(AddressPolicy(), resolve=Answers(["10.11.12.13"])), url="http://wiki.corp/")
    assert isinstance(ended, Fail)
    assert "wiki.corp" in ended.message
    assert "10.11" not in ended.message


async def test_this_machine_is_not_reached_by_its_public_address() -> None:
    network = RecordedNetwork(own=PUBLIC)
    assert_not_allowed(await run_job(Outbound(AddressPolicy(), network=network), url=f"http://{PUBLIC}/"))
    allowed = Outbound(AddressPolicy([ip_network(f"{PUBLIC}/32")]), network=network)
    assert isinstance(await run_job(allowed, url=f"http://{PUBLIC}/"), dict)


async def test_a_network_that_the_operator_allows_is_reached(outbound: Outbound, serve: Serve) -> None:
    target = await serve(OK)
    assert isinstance(await run_job(outbound, url=target.url), dict)
    assert_not_allowed(await run_job(Outbound(AddressPolicy()), url=target.url))
    assert len(target.heard) == 1


async def test_the_next_address_is_tried_when_one_is_deaf() -> None:
    network = RecordedNetwork(refuse=[PUBLIC_V6])
    outbound = Outbound(AddressPolicy(), resolve=Answers([PUBLIC_V6, PUBLIC]), network=network)
    assert isinstance(await run_job(outbound, url="http://example.org/"), dict)
    assert network.connected == [PUBLIC_V6, PUBLIC]


async def test_only_so_many_addresses_are_tried() -> None:
    many = [f"1.1.1.{number}" for number in range(100)]
    network = RecordedNetwork(refuse=many)
    ended = await run_job(Outbound(AddressPolicy(), resolve=Answers(many), network=network), url="http://example.org/")
    assert isinstance(ended, RetryAfter)
    assert ended.type == "connection_failed"
    assert network.connected == many[:4]


@pytest.mark.parametrize("answer", [[], None])
async def test_a_name_without_an_address_may_have_one_later(answer: list[str] | None) -> None:
    async def nowhere(host: str, port: int, /) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    resolve = nowhere if answer is None else Answers(answer)
    ended = await run_job(Outbound(AddressPolicy(), resolve=resolve), url="http://nowhere.example/")
    assert isinstance(ended, RetryAfter)
    assert ended.type == "name_not_resolved"
    assert "nowhere.example" in ended.message


async def test_a_look_up_without_end_ends_with_the_time_out() -> None:
    async def never(host: str, port: int, /) -> list[str]:
        return await asyncio.get_running_loop().create_future()

    ended = await run_job(Outbound(AddressPolicy(), resolve=never), url="http://slow.example/", timeout_seconds=0.05)
    assert isinstance(ended, RetryAfter)
    assert ended.type == "timeout"


async def test_the_machines_own_resolver() -> None:
    resolve = SystemResolver()
    assert set(await resolve("localhost", 80)) <= {"127.0.0.1", "::1"}
    assert await resolve("127.1", 80) == ["127.0.0.1"]
    for bad in ("a..b", "a" * 64 + ".example", "no-such-name.invalid"):
        with pytest.raises(OSError, match=r"\w"):
            await resolve(bad, 80)


async def test_look_ups_that_nobody_waits_for_still_count(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    started: list[str] = []

    def stuck(host: str, port: int) -> list[str] | OSError:
        started.append(host)
        go.wait(60)
        return addresses_of(host, port)

    monkeypatch.setattr("jobyard.handlers.resolver.addresses_of", stuck)
    resolve = SystemResolver(most=1)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(resolve("127.0.0.1", 80), 0.02)
    assert started == ["127.0.0.1"]
    go.set()
    assert await asyncio.wait_for(resolve("127.0.0.2", 80), 60) == ["127.0.0.2"]


@pytest.mark.parametrize(("uncounted", "seconds"), [(0, 1), (1, 2), (3, 8), (4, 16), (500, 16)])
async def test_a_user_without_a_free_place_snoozes_longer_each_time(
    serve: Serve, uncounted: int, seconds: float
) -> None:
    released = asyncio.Event()

    async def hold(head: bytes, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.write(OK)

    target = await serve(hold)
    policy = AddressPolicy([ip_network("127.0.0.0/8")])
    outbound = Outbound(policy, per_user=1, patience_seconds=0.01)
    first = asyncio.create_task(run_job(outbound, Context(owner=1), url=target.url))
    await asyncio.wait_for(target.came.wait(), 60)
    ended = await run_job(outbound, Context(owner=1, run=1 + uncounted), url=target.url)
    assert isinstance(ended, Snooze)
    assert ended.seconds == seconds
    # Another user is not held up by it.
    other = asyncio.create_task(run_job(outbound, Context(owner=2), url=target.url))
    released.set()
    assert [type(ended) for ended in await asyncio.gather(first, other)] == [dict, dict]
    assert isinstance(await run_job(outbound, Context(owner=1), url=target.url), dict)


async def test_a_machine_gets_so_many_whoever_asks_and_whatever_it_is_called(serve: Serve) -> None:
    released = asyncio.Event()

    async def hold(head: bytes, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.write(OK)

    target = await serve(hold)
    policy = AddressPolicy([ip_network("127.0.0.0/8")])
    outbound = Outbound(policy, resolve=Answers(["127.0.0.1"]), per_machine=1, patience_seconds=0.01)
    first = asyncio.create_task(run_job(outbound, Context(owner=1), url=f"http://a.example:{target.port}/"))
    await asyncio.wait_for(target.came.wait(), 60)
    ended = await run_job(outbound, Context(owner=2), url=f"http://b.example:{target.port}/")
    assert isinstance(ended, Snooze)
    assert len(target.heard) == 1
    released.set()
    assert isinstance(await first, dict)
    assert isinstance(await run_job(outbound, Context(owner=2), url=f"http://b.example:{target.port}/"), dict)
    assert len(outbound.machines) == 0


async def test_a_place_is_waited_for_within_a_short_time_out_without_using_an_attempt() -> None:
    outbound = Outbound(AddressPolicy(), network=RecordedNetwork(), per_machine=1)
    async with outbound.machines.place(PUBLIC, None):
        assert isinstance(await run_job(outbound, url=f"http://{PUBLIC}/", timeout_seconds=0.05), Snooze)


async def test_what_was_sent_is_not_sent_again_for_want_of_a_place_behind_a_redirect() -> None:
    busy = "1.1.1.1"
    network = RecordedNetwork(redirect_to(f"http://{busy}/"))
    outbound = Outbound(AddressPolicy(), network=network, per_machine=1, patience_seconds=0.01)
    async with outbound.machines.place(busy, None):
        ended = await run_job(outbound, url=f"http://{PUBLIC}/", method="POST", timeout_seconds=0.3)
    assert isinstance(ended, RetryAfter)  # an attempt is used; a snooze would repeat the POST without end
    assert ended.type == "timeout"
    assert network.connected == [PUBLIC]
    assert len(outbound.machines) == 0
