"""One PostgreSQL a test process, and a fresh, migrated database for each test that asks: a copy of a template."""

import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from jobyard.postgres.embedded import EmbeddedPostgres
from jobyard.postgres.migrations import upgrade

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server whose data may die with the machine, migrated: its database `jobyard` is the template."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    try:
        upgrade(server.url)
        yield server
    finally:
        server.stop()


@pytest.fixture
async def database_url(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database of the test's own, at the newest migration."""
    async with database(postgres_server) as url:
        yield url


@asynccontextmanager
async def database(server: EmbeddedPostgres) -> AsyncGenerator[str]:
    """A copy of the template, for the block."""
    name = f"test_{next(numbers)}"
    admin = await asyncpg.connect(urlunsplit(urlsplit(server.url)._replace(path="/postgres")))
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE jobyard")
        yield urlunsplit(urlsplit(server.url)._replace(path=f"/{name}"))
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()
