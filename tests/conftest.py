"""One PostgreSQL a test process, and a fresh, migrated database for each test that asks: a copy of a template."""

import asyncio
import functools
import inspect
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from jobyard.postgres.embedded import EmbeddedPostgres
from jobyard.postgres.migrations import upgrade

numbers = itertools.count(1)
# An asynchronous test is cancelled this long before its time-out, so that its traceback says what it waited for and
# its fixtures end. The time-out itself ends the process: raised amid a running event loop, it would leave the test's
# task there, and the fixtures' ends would wait for it for ever.
CANCELLED_BEFORE_SECONDS = 10


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    test = cast("Callable[..., Awaitable[None]]", pyfuncitem.obj)
    if not inspect.iscoroutinefunction(test):
        return
    marker = pyfuncitem.get_closest_marker("timeout")
    seconds = float(marker.args[0] if marker else cast("str", pyfuncitem.config.getini("timeout")))

    @functools.wraps(test)
    async def within_time(*args: object, **kwargs: object) -> None:
        async with asyncio.timeout(seconds - CANCELLED_BEFORE_SECONDS):
            await test(*args, **kwargs)

    pyfuncitem.obj = within_time


class FailuresAtOnce:
    """Prints each failure when it happens, so that a run which is cut off has told what failed before."""

    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._plugins.get_plugin("terminalreporter")
        if report.failed and isinstance(terminal, pytest.TerminalReporter):
            terminal.ensure_newline()
            terminal.section(f"{report.when} of {report.nodeid} failed", sep="_")
            terminal.write_line(report.longreprtext)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the processes of xdist send their reports to the one that prints
        config.pluginmanager.register(FailuresAtOnce(config))


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
