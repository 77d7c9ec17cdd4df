"""The only way from a handler to the network, with two promises of docs/guarantees.md kept.

S5  A name is looked up once, every address it has is checked, and the connection goes to an address that was checked:
    a second look-up could answer otherwise (DNS rebinding). Redirects come here again. TLS still verifies the *name*.
S10 A user holds at most 20 requests at a time in this process, and one machine gets at most 10 from it, whatever names
    it goes by. Who finds no place waits for a second, so that a burst of short requests goes through in its order, and
    is then snoozed: a slow target must not fill the worker's slots with jobs that only wait. Places count in this
    process alone; with N worker processes a target sees N times as many at most.

Nothing is read from the environment (no proxies, no netrc), and nothing is shared between jobs: connections, cookies.
"""

import asyncio
import math
import ssl
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self, cast

import anyio
import certifi
import httpcore

from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.handlers.addresses import AddressPolicy, is_address, machine
from jobyard.handlers.places import Places
from jobyard.handlers.registry import JobContext
from jobyard.handlers.resolver import Resolve, SystemResolver

PER_USER = 20
PER_MACHINE = 10
PATIENCE_SECONDS = 1.0
LONGEST_SNOOZE_SECONDS = 16.0
MOST_ADDRESSES_TRIED = 4
"""All addresses of a name are checked, these many are tried."""


class Outbound:
    """What all requests of this process share: who may be reached, how, and how many at a time."""

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
        per_user: int = PER_USER,
        per_machine: int = PER_MACHINE,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.policy = policy
        self.resolve = resolve or SystemResolver()
        self.network = network or cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())
        self.machines = Places(per_machine)
        self.patience_seconds = patience_seconds
        self._users = Places(per_user)
        self._tls = tls or trusted_authorities()

    @asynccontextmanager
    async def session(self, context: JobContext) -> AsyncGenerator[httpcore.AsyncConnectionPool]:
        """A pool for the requests of one run. Raises Snooze when the job's owner has no place free."""
        async with AsyncExitStack() as places:
            try:
                await places.enter_async_context(self._users.place(context.owner, self.patience_seconds))
            except TimeoutError:
                raise Snooze(snooze_seconds(context)) from None
            way = await places.enter_async_context(_CheckedWay(self, snooze_seconds(context)))
            # No connection is kept alive: each request comes through connect_tcp, and is checked and counted there.
            pool = httpcore.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=way, max_connections=1, max_keepalive_connections=0
            )
            yield await places.enter_async_context(pool)


def trusted_authorities() -> ssl.SSLContext:
    """The public authorities (certifi), and what the machine's administrator trusts besides."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def snooze_seconds(context: JobContext) -> float:
    """1 s, doubled for each run that did not count, to 16 s; ±20 % by the job's id, so that they return one by one."""
    uncounted = max(context.run - context.attempt, 0)
    spread = (context.job_id.int % 401 - 200) / 1000
    return min(2.0 ** min(uncounted, 16), LONGEST_SNOOZE_SECONDS) * (1 + spread)


class _CheckedWay(httpcore.AsyncNetworkBackend):
    """httpcore's connections for one run: looked up, checked, counted."""

    def __init__(self, outbound: Outbound, snooze_seconds: float) -> None:
        self._outbound = outbound
        self._snooze_seconds = snooze_seconds
        self._place = AsyncExitStack()
        self._machine: str | None = None
        self._streams: list[httpcore.AsyncNetworkStream] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        # httpcore forgets a connection whose TLS handshake is cancelled: it would stay open until it is collected.
        with anyio.CancelScope(shield=True):
            for stream in self._streams:
                await stream.aclose()
        await self._place.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del local_address, socket_options  # nothing of ours sets them
        addresses = (await self._checked_addresses(host, port, timeout))[:MOST_ADDRESSES_TRIED]
        each = None if timeout is None else timeout / len(addresses)
        failure: Exception | None = None
        for address in addresses:
            await self._take_place(address, each)
            try:
                stream = await self._outbound.network.connect_tcp(address, port, timeout=each)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            self._streams.append(stream)
            self._refuse_this_machine(stream, address, host)
            return stream
        raise failure or httpcore.ConnectError("no address")

    async def _checked_addresses(self, host: str, port: int, seconds: float | None) -> list[str]:
        if is_address(host):
            addresses = [host]
        else:
            try:
                async with asyncio.timeout(seconds):
                    addresses = await self._outbound.resolve(host, port)
            except TimeoutError:
                raise httpcore.ConnectTimeout(f"looking up {host}") from None
            except OSError as error:
                raise RetryAfter(f"the host name {host!r} has no address", type="name_not_resolved") from error
            if not addresses:
                raise RetryAfter(f"the host name {host!r} has no address", type="name_not_resolved")
        # One that is not public spoils the rest: a name with both kinds is a trap, or an inside view of a network.
        if not all(self._outbound.policy.permits(address) for address in addresses):
            raise not_allowed(host)
        return addresses

    async def _take_place(self, address: str, seconds: float | None) -> None:
        """Hold a place for the machine that is connected to now, and none for those before it."""
        wanted = machine(address)
        if wanted == self._machine:
            return
        await self._place.aclose()
        self._machine = None
        # Once something has been sent, a snooze would send it again without using an attempt: wait within the time-out.
        # Half of a short time-out, so that it is the snooze that ends the wait: no attempt is used for it.
        patience = min(self._outbound.patience_seconds, (seconds or math.inf) / 2)
        if self._streams:
            patience = None
        try:
            await self._place.enter_async_context(self._outbound.machines.place(wanted, patience))
        except TimeoutError:
            raise Snooze(self._snooze_seconds) from None
        self._machine = wanted

    def _refuse_this_machine(self, stream: httpcore.AsyncNetworkStream, address: str, host: str) -> None:
        """A public address of this very machine leads to what listens here, behind every firewall."""
        peer, own = stream.get_extra_info("server_addr"), stream.get_extra_info("client_addr")
        if peer and own and peer[0] == own[0] and not self._outbound.policy.names(address):
            raise not_allowed(host)


def not_allowed(host: str) -> Fail:
    """It does not say which address: an outsider is not told what names mean inside."""
    return Fail(
        f"connections to {host!r} are not allowed: it is, or has, an address that is not public "
        "(an operator can allow networks with JOBYARD_OUTBOUND_ALLOW)",
        type="address_not_allowed",
    )
