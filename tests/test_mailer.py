"""Letters, handed over to a real mail server."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from structlog.testing import capture_logs

from jobyard.mailer import MailServer, NoMailer, SmtpMailer
from jobyard.ports import Mail
from tests.web.accounts.conftest import Mailbox

MAIL = Mail("ann@example.org", "A letter", "Hello\n\n.\nwith a lone dot, and an ü\n")
SENDER = "Jobyard <jobs@example.org>"
CERTIFICATE = Path(__file__).parent / "handlers" / "jobyard-test.pem"


@asynccontextmanager
async def mail_server(box: Mailbox, **options: Any) -> AsyncGenerator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop, **options), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


def elsewhere(host: str) -> bool:
    """As if the mail server were on another machine."""
    return host == ""


def mailer(port: int, **more: Any) -> SmtpMailer:
    return SmtpMailer(MailServer("127.0.0.1", port, start_tls=False, **more), SENDER, pauses=(0.0, 0.0))


async def test_a_letter_arrives_as_it_was_written() -> None:
    box = Mailbox()
    async with mail_server(box) as port:
        await mailer(port).send(MAIL)
        letter = await box.next()
    assert (letter["From"], letter["To"], letter["Subject"]) == (SENDER, "ann@example.org", "A letter")
    assert letter.get_content().replace("\r\n", "\n") == MAIL.text
    assert letter["Date"]
    assert letter["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize(
    "mail", [Mail("a@b.org\nBcc: eve@example.org", "x", "y"), Mail("a@b.org", "x\r\nBcc: e@e.e", "y")]
)
async def test_nobody_adds_a_header(mail: Mail) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        await mailer(1).send(mail)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_with_a_password() -> None:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        del server, session, envelope, mechanism
        is_right = (data.login, data.password) == (b"jobs", b"s/e:c@ret")
        return AuthResult(success=is_right, handled=is_right)

    box = Mailbox()
    async with mail_server(box, authenticator=authenticate, auth_require_tls=False, auth_required=True) as port:
        server = MailServer.of_url(f"smtp://jobs:s%2Fe%3Ac%40ret@127.0.0.1:{port}")
        await SmtpMailer(server, SENDER, pauses=()).send(MAIL)
        await box.next()
        with capture_logs() as lines:
            wrong = MailServer.of_url(f"smtp://jobs:wrong@127.0.0.1:{port}")
            await SmtpMailer(wrong, SENDER, pauses=(0.0,)).send(MAIL)
    assert [line["event"] for line in lines] == ["a mail could not be sent"]  # for good: it is not tried again
    assert "wrong" not in str(lines)


async def test_a_password_needs_tls_elsewhere_than_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that offers none gets neither the password nor the letter."""
    box = Mailbox()
    async with mail_server(box) as port:
        monkeypatch.setattr("jobyard.mailer._is_here", elsewhere)
        server = MailServer.of_url(f"smtp://jobs:secret-word@127.0.0.1:{port}")
        assert server.start_tls is True
        with capture_logs() as lines:
            await SmtpMailer(server, SENDER, pauses=()).send(MAIL)
    assert box.is_empty
    assert [line["event"] for line in lines] == ["a mail could not be sent"]


async def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    box = Mailbox()
    async with mail_server(box, tls_context=context) as port:
        monkeypatch.setattr("jobyard.mailer._is_here", elsewhere)
        with capture_logs() as lines:
            await SmtpMailer(MailServer.of_url(f"smtp://127.0.0.1:{port}"), SENDER, pauses=()).send(MAIL)
    assert box.is_empty
    assert lines[-1]["event"] == "a mail could not be sent"


@pytest.mark.parametrize(
    ("answers", "arrives"),
    [(["451 later"], True), (["421 later", "450 later"], True), (["451 no"] * 3, False), (["550 never"], False)],
)
async def test_a_refusal_for_a_while_is_tried_again(answers: list[str], arrives: bool) -> None:
    box = Mailbox()
    box.answers = list(answers)
    async with mail_server(box) as port:
        await mailer(port).send(MAIL)
    assert box.is_empty is not arrives
    assert box.answers == []


async def test_a_server_that_is_away_is_told_without_the_address() -> None:
    with capture_logs() as lines:
        await mailer(1).send(MAIL)
    assert [line["log_level"] for line in lines] == ["warning", "warning", "error"]
    assert "ann@" not in str(lines)


async def test_without_a_server_there_is_a_line_in_the_log() -> None:
    with capture_logs() as lines:
        await NoMailer().send(MAIL)
    assert lines[0]["log_level"] == "error"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", MailServer("mail", 25)),
        ("smtp://mail:2525", MailServer("mail", 2525)),
        ("smtp://mail?starttls=off", MailServer("mail", 25, start_tls=False)),
        ("smtp://localhost", MailServer("localhost", 25, start_tls=False)),
        ("smtp://u:p@mail", MailServer("mail", 587, "u", "p", start_tls=True)),
        ("smtp://u:p@[::1]", MailServer("::1", 587, "u", "p", start_tls=False)),
        ("smtps://u%40x:p%2F@mail", MailServer("mail", 465, "u@x", "p/", use_tls=True, start_tls=False)),
    ],
)
def test_the_url(url: str, server: MailServer) -> None:
    assert MailServer.of_url(url) == server
