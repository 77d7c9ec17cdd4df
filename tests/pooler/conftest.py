"""A queue as in tests/engine/, but through PgBouncer: once in each mode."""

from collections.abc import AsyncIterator, Iterator

import pytest

from jobyard.postgres.pooler import Pooler
from tests.engine import conftest as storage
from tests.engine.conftest import Engine, open_engine
from tests.pooler.pgbouncer import PgBouncer

first = storage.first  # the same fixtures
second = storage.second

FEW = {"default_pool_size": "3"}
"""So few that statements of one client meet another session each time, and find what somebody left there."""


@pytest.fixture(params=[Pooler.SESSION, Pooler.TRANSACTION], ids=str)
def mode(request: pytest.FixtureRequest) -> Pooler:
    return request.param


@pytest.fixture
def pgbouncer(database_url: str, mode: Pooler) -> Iterator[PgBouncer]:
    with PgBouncer(database_url, mode, **(FEW if mode is Pooler.TRANSACTION else {})) as running:
        yield running


@pytest.fixture
async def engine(database_url: str, pgbouncer: PgBouncer, mode: Pooler) -> AsyncIterator[Engine]:
    async with open_engine(pgbouncer.url, mode) as opened:
        opened.url = database_url  # for what a test does past the queue
        yield opened
