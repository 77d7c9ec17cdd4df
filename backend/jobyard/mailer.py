"""Letters by SMTP. What goes wrong is logged, and tried again for a while: nobody waits for the answer."""

import asyncio
import ipaddress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from jobyard.ports import Mail

TIMEOUT_SECONDS = 15.0
PAUSES = (2.0, 10.0, 30.0)
"""Before each further try, in seconds. A server that is away for longer than all of it gets no letter."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over. `start_tls`: True demands it, None takes it where it is offered."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    use_tls: bool = False
    start_tls: bool | None = None

    @classmethod
    def of_url(cls, url: str) -> "MailServer":
        """`smtp://user:password@host:port`, `smtps://…`, either with `?starttls=off`; settings.py has checked it.

        A password crosses the network in TLS alone. A server on this machine is spoken to in the clear: its
        certificate, where it has one, seldom names `localhost`.
        """
        parts = urlsplit(url)
        host, implicit = parts.hostname or "", parts.scheme == "smtps"
        port = parts.port or (465 if implicit else 587 if parts.username else 25)
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        plain = implicit or _is_here(host) or parts.query == "starttls=off"
        return cls(host, port, user, password, implicit, False if plain else True if user else None)


class SmtpMailer:
    """The port `Mailer`."""

    def __init__(self, server: MailServer, sender: str, *, pauses: tuple[float, ...] = PAUSES) -> None:
        self._server = server
        self._sender = sender
        self._pauses = pauses

    async def send(self, mail: Mail) -> None:
        """Hand it over. A refusal for good is not tried again; after the last try it is logged, and lost."""
        message = self._message(mail)
        for pause in (*self._pauses, None):
            try:
                await self._hand_over(message)
            except (aiosmtplib.SMTPException, OSError) as error:
                if pause is None or _is_final(error):
                    _log.error("a mail could not be sent", server=self._server.host, error=_told(error))
                    return
                _log.warning("a mail could not be sent yet", server=self._server.host, error=_told(error))
                await asyncio.sleep(pause)
            else:
                return

    async def _hand_over(self, message: EmailMessage) -> None:
        server = self._server
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            timeout=TIMEOUT_SECONDS,
        )

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)  # refuses a line break in a header
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2].rstrip(">"))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message


class NoMailer:
    """Where the operator has set no mail server: nobody gets here (`MailRoom.require`)."""

    async def send(self, mail: Mail) -> None:
        """Log that there was a letter."""
        _log.error("a mail was not sent: there is no mail server", subject=mail.subject)


def _is_final(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= 500 for refused in error.recipients)
    return isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 500


def _told(error: Exception) -> str:
    """What goes into the log: what the server says may hold the address that the letter was for."""
    code = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
