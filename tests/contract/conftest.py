"""A real server over a database of the test's own, and people of each right."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import httpx
import pytest

from tests.live.test_behind_granian import PATIENCE_SECONDS, served
from tests.web.people import Person, sign_up, sign_up_admin

# Jobs are stored and never run: what is made up must call nobody. Throttles are not what is tried here.
ENVIRONMENT = {
    "JOBYARD_EMBEDDED_WORKER": "false",
    "JOBYARD_DEMO_KINDS": "true",
    "JOBYARD_SIGNUPS_PER_ADDRESS": "1000",
    "JOBYARD_SIGNIN_FAILURES_PER_ACCOUNT": "1000",
    "JOBYARD_SIGNIN_FAILURES_PER_ADDRESS": "1000",
}


@dataclass
class Server:
    """A server, and who has an account."""

    url: str
    client: httpx.AsyncClient
    user: Person
    admin: Person


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[Server]:
    database = await asyncpg.connect(database_url)
    async with served(database_url, **ENVIRONMENT) as (_, port):
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
            user, admin = await sign_up(client, "user"), await sign_up_admin(client, database, "admin")
            yield Server(url, client, user, admin)
    await database.close()
