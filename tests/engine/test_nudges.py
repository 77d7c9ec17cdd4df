"""Hints between two processes: told at once, and lost without harm."""
# pyright: reportPrivateUsage=false

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from jobyard.domain.events import EventType, JobChanged
from jobyard.ports import Claimable
from jobyard.postgres.connections import READER_SETTINGS, Pool
from jobyard.postgres.listener import CHANNEL, PostgresNudges

JOB = UUID(int=7)


@asynccontextmanager
async def node(url: str) -> AsyncGenerator[PostgresNudges]:
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(url, READER_SETTINGS, 2))
        nudges = PostgresNudges(url, pool)
        await stack.enter_async_context(nudges.running())
        await nudges.listening()
        yield nudges


def at(lane: int) -> Claimable:
    return Claimable(lane, None, datetime(2026, 11, 24, 5, tzinfo=UTC))


class Heard:
    """Collects what a callback is called with."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self._news = asyncio.Event()

    def __call__(self, *what: object) -> None:
        self.said.append(what)
        self._news.set()

    async def wait_for(self, enough: Callable[[list[Any]], bool]) -> list[Any]:
        async with asyncio.timeout(30):
            while not enough(self.said):
                self._news.clear()
                await self._news.wait()
        return self.said


async def test_work_and_stops_are_heard_here_at_once_and_there_soon(database_url: str) -> None:
    async with node(database_url) as here, node(database_url) as there:
        lanes_here, lanes_there, stops = Heard(), Heard(), Heard()
        here.on_work(lanes_here)
        there.on_work(lanes_there)
        there.on_cancel(stops)
        here.work([at(3), at(4)])
        here.cancel(9, JOB, 2)
        assert lanes_here.said == [(at(3),), (at(4),)]
        assert set(await lanes_there.wait_for(lambda said: len(said) == 2)) == {(at(3),), (at(4),)}
        assert await stops.wait_for(bool) == [(9, JOB, 2)]
        assert lanes_here.said == [(at(3),), (at(4),)]  # one's own message is not heard again


async def test_changes_reach_only_the_node_where_the_owner_watches(database_url: str) -> None:
    async with node(database_url) as here, node(database_url) as there:
        changes = Heard()
        there.on_changed(changes)
        here.on_changed(changes)
        await there.watch([1])
        async with asyncio.timeout(30):
            while 1 not in here.watched:  # `there` said so, and `here` looks
                await here.looked()
        here.changed([JobChanged(1, JOB, EventType.STARTED), JobChanged(2, JOB, EventType.STARTED)])
        assert await changes.wait_for(bool) == [([JobChanged(1, JOB, EventType.STARTED)],)]


async def test_who_watches_is_told_when_it_can_be_read(database_url: str) -> None:
    """Whoever is told looks at once, and would not look again for 2 s."""
    messages = Heard()

    def hear(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
        messages(payload)

    async with node(database_url) as here, asyncio.timeout(30):
        ear, lock = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
        try:
            await ear.add_listener(CHANNEL, hear)
            transaction = lock.transaction()
            await transaction.start()
            await lock.execute("LOCK TABLE watchers IN SHARE MODE")
            await here.watch([1])
            here.work([at(1)])
            await messages.wait_for(bool)
            assert not any('"watch":true' in str(said) for said in messages.said)
            await transaction.rollback()
            await messages.wait_for(lambda all_said: any('"watch":true' in str(said) for said in all_said))
        finally:
            ear.terminate()
            lock.terminate()


async def test_an_error_that_nobody_thought_of_does_not_end_the_sending(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, failed = PostgresNudges._send, asyncio.Event()

    async def failing(nudges: PostgresNudges) -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("a mistake of ours")
        await send(nudges)

    async with node(database_url) as here, node(database_url) as there:
        lanes = Heard()
        there.on_work(lanes)
        monkeypatch.setattr(PostgresNudges, "_send", failing)
        here.work([at(6)])
        await failed.wait()
        here.work([at(7)])
        assert (at(7),) in await lanes.wait_for(bool)


async def test_outcomes_of_watched_owners_wake_their_node(database_url: str) -> None:
    async with node(database_url) as here, node(database_url) as there:
        finished = Heard()
        await there.watch([1])
        async with asyncio.timeout(30):
            while 1 not in here.watched:
                await here.looked()
        there.on_finished(finished)
        here.finished([2])
        here.finished([1])
        assert len(await finished.wait_for(bool)) == 1


async def test_many_changes_go_in_messages_that_postgresql_takes(database_url: str) -> None:
    async with node(database_url) as here, node(database_url) as there:
        changes = Heard()
        await there.watch([1])
        async with asyncio.timeout(30):
            while 1 not in here.watched:
                await here.looked()
        there.on_changed(changes)
        here.changed(JobChanged(1, UUID(int=n), EventType.CANCEL_REQUESTED) for n in range(1_000))
        await changes.wait_for(lambda said: len(_ids(said)) == 1_000)


async def test_stops_changes_and_work_of_the_same_moment_go_in_messages_that_postgresql_takes(
    database_url: str,
) -> None:
    """As when many running jobs are cancelled: a message that is too long would take all the others with it."""
    largest, small = 2**31 - 1, 2**15 - 1
    async with node(database_url) as here, node(database_url) as there:
        changes, stops, lanes = Heard(), Heard(), Heard()
        await there.watch([largest])
        async with asyncio.timeout(30):
            while largest not in here.watched:
                await here.looked()
        there.on_changed(changes)
        there.on_cancel(stops)
        there.on_work(lanes)
        for n in range(500):
            here.cancel(largest, UUID(int=n), small)
        here.changed(JobChanged(largest, UUID(int=n), EventType.CANCEL_REQUESTED) for n in range(500))
        places = {Claimable(largest - n, small, datetime(2026, 11, 24, 5, 0, 0, 1, tzinfo=UTC)) for n in range(500)}
        here.work(places)
        assert await stops.wait_for(lambda said: len(said) == 500) == [
            (largest, UUID(int=n), small) for n in range(500)
        ]
        await changes.wait_for(lambda said: len(_ids(said)) == 500)
        assert {place for (place,) in await lanes.wait_for(lambda said: len(said) == 500)} == places


async def test_a_killed_listener_comes_back(database_url: str) -> None:
    async with node(database_url) as here, node(database_url) as there:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database() AND query LIKE 'LISTEN%'"
            )
        finally:
            await connection.close()
        lanes = Heard()
        there.on_work(lanes)
        async with asyncio.timeout(30):
            while not lanes.said:
                here.work([at(5)])
                await here.looked()
        assert lanes.said[0] == (at(5),)


async def test_what_is_not_ours_on_the_channel_is_passed_over(database_url: str) -> None:
    async with node(database_url) as here:
        lanes = Heard()
        here.on_work(lanes)
        connection = await asyncpg.connect(database_url)
        try:
            for payload in (
                "",
                "{",
                '{"n": 1}',
                '{"n":"x","l":["a"]}',
                '{"n":"x","l":[[8,null,"2026-11-24T05:00:00Z"]]}',
            ):
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)
        finally:
            await connection.close()
        assert await lanes.wait_for(bool) == [(at(8),)]


def _ids(said: list[Any]) -> set[UUID]:
    return {change.job_id for (told,) in said for change in told}


@pytest.mark.parametrize("kind", ["on_work", "on_changed", "on_finished", "on_cancel"])
async def test_a_subscription_ends(database_url: str, kind: str) -> None:
    nudges = PostgresNudges(database_url, Pool(database_url, READER_SETTINGS, 1))
    heard = Heard()
    end = getattr(nudges, kind)(heard)
    end()
    await nudges.watch([1])
    nudges.work([at(1)])
    nudges.cancel(1, JOB, 1)
    nudges.finished([1])
    nudges.changed([JobChanged(1, JOB, EventType.STARTED)])
    assert heard.said == []
