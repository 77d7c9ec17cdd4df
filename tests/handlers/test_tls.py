"""TLS verifies the name although the connection goes to an address. jobyard-test.pem: a self-signed certificate for
jobyard.test until 2126, and its key, made for these tests alone.
"""

import asyncio
import ssl
from ipaddress import ip_network
from pathlib import Path

import pytest

from jobyard.domain.outcome import Fail, RetryAfter
from jobyard.handlers.addresses import AddressPolicy
from jobyard.handlers.outbound import Outbound, trusted_authorities
from tests.handlers.conftest import Serve
from tests.handlers.surroundings import OK, Answers, Target, run_job

CERTIFICATE = Path(__file__).with_name("jobyard-test.pem")


class SecureTarget:
    """A target with the certificate; `names` are those that clients asked for (SNI)."""

    def __init__(self) -> None:
        self.names: list[str | None] = []
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(CERTIFICATE)
        self.tls.sni_callback = lambda _socket, name, _context: self.names.append(name)


def outbound_trusting(*, certificate: bool) -> Outbound:
    tls = trusted_authorities()
    if certificate:
        tls.load_verify_locations(CERTIFICATE)
    return Outbound(AddressPolicy([ip_network("127.0.0.0/8")]), resolve=Answers(["127.0.0.1"]), tls=tls)


@pytest.fixture
async def secure(serve: Serve) -> tuple[Target, SecureTarget]:
    server = SecureTarget()
    return await serve(OK, server.tls), server


@pytest.mark.parametrize("host", ["jobyard.test", "jobyard.test."])
async def test_the_name_is_asked_for_and_verified(secure: tuple[Target, SecureTarget], host: str) -> None:
    target, server = secure
    ended = await run_job(outbound_trusting(certificate=True), url=f"https://{host}:{target.port}/")
    assert isinstance(ended, dict), ended
    assert server.names == ["jobyard.test"]


@pytest.mark.parametrize(
    ("host", "trusted", "why"),
    [
        ("jobyard.test", False, "self-signed"),
        ("other.test", True, "Hostname mismatch"),
        ("127.0.0.1", True, "IP address mismatch"),
    ],
)
async def test_a_certificate_that_does_not_verify_fails_for_good(
    secure: tuple[Target, SecureTarget], host: str, trusted: bool, why: str
) -> None:
    target, _ = secure
    ended = await run_job(outbound_trusting(certificate=trusted), url=f"https://{host}:{target.port}/")
    assert isinstance(ended, Fail), ended
    assert ended.type == "tls_certificate"
    assert why in ended.message
    assert target.heard == []


async def test_a_server_without_tls_is_retried() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        ended = await run_job(outbound_trusting(certificate=True), url=f"https://jobyard.test:{port}/")
    assert isinstance(ended, RetryAfter), ended
    assert ended.type == "connection_failed"


async def test_a_handshake_that_never_ends_leaves_no_connection() -> None:
    left = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # to its end: the client has closed
        writer.close()
        left.set()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        url = f"https://jobyard.test:{server.sockets[0].getsockname()[1]}/"
        ended = await run_job(outbound_trusting(certificate=True), url=url, timeout_seconds=0.2)
        await asyncio.wait_for(left.wait(), 60)
    assert isinstance(ended, RetryAfter), ended
    assert ended.type == "timeout"
