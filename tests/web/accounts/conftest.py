"""A mail server of the test's own, in its event loop, and people who sign up."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope

MAIL_FROM = "Jobyard <jobs@example.org>"
PASSWORD = "rather long and odd"


class Mailbox:
    """What was handed over. `answers` are given to the next letters, before they are taken again."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: list[str] = []
        self._letters: asyncio.Queue[EmailMessage] = asyncio.Queue()

    @property
    def settings(self) -> dict[str, str]:
        return {"smtp_url": f"smtp://127.0.0.1:{self.port}", "mail_from": MAIL_FROM}

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        if self.answers:
            return self.answers.pop(0)
        message = message_from_bytes(cast("bytes", envelope.content), policy=policy.SMTP)
        await self._letters.put(message)
        return "250 taken"

    async def next(self) -> EmailMessage:
        """The next letter, as it comes."""
        async with asyncio.timeout(60):
            return await self._letters.get()

    async def next_token(self, page: str) -> str:
        """The token of the link in the next letter, which leads to this page."""
        found = re.search(
            rf"^http://localhost:8080/app/{page}#token=([A-Za-z0-9_-]{{43}})\r?$",
            (await self.next()).get_content(),
            re.MULTILINE,
        )
        assert found
        return found[1]

    @property
    def is_empty(self) -> bool:
        return self._letters.empty()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop, hostname="mail.example.org"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()


Person = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
def sign_up() -> Person:
    """Signs somebody up; the header that shows who it is."""

    async def sign(client: httpx.AsyncClient, local: str = "ann", /, **more: str) -> dict[str, str]:
        body = {"email": f"{local}@example.org", "password": PASSWORD} | more
        answer = await client.post("/signup", json=body)
        client.cookies.clear()
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return sign


@pytest.fixture
def sign_in() -> Person:
    """Signs somebody in; the header that shows who it is."""

    async def sign(client: httpx.AsyncClient, local: str = "ann", password: str = PASSWORD) -> dict[str, str]:
        answer = await client.post("/login", json={"email": f"{local}@example.org", "password": password})
        client.cookies.clear()
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return sign


async def settled(client_parts: Any) -> None:
    """Wait until everything that goes on after an answer has ended."""
    async with asyncio.timeout(60):
        while tasks := client_parts.accounts.background._tasks:
            await asyncio.wait([*tasks])
