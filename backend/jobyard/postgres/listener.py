"""Hints between processes by LISTEN/NOTIFY, and within this one without the database.

NOTIFY takes a lock that all commits share (16,000 against 5,000 commits/s with ten writers), so at most one submit in
5 ms says so in its own transaction, the first at once; what comes within that time is collected after its commit and
said together. Losing a hint costs a poll's wait: whoever listens also polls.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import msgspec
import structlog

from jobyard.domain.events import EventType, JobChanged
from jobyard.observability import LISTENER_RECONNECTS
from jobyard.ports import Claimable
from jobyard.postgres.connections import AWAY, Connection, Pool, Unsubscribe, open_connection
from jobyard.postgres.queries import query

CHANNEL = "jobyard"
SETTINGS = {"application_name": "jobyard-listener"}  # a pooler in session mode takes no others
MERGE_SECONDS = 0.005
IDS_A_MESSAGE = 80  # of one sort: at most 6,000 bytes of the 8,000 that PostgreSQL allows
MOST_WAITING = 10_000
WATCH_SECONDS = 60.0
REFRESH_SECONDS = 2.0
KEEPALIVE_SECONDS = 10.0
RECONNECT_SECONDS = (0.1, 10.0)

log = structlog.get_logger()
C = TypeVar("C")


class _Message(
    msgspec.Struct,
    omit_defaults=True,
    rename={"node": "n", "claimable": "l", "changes": "c", "stops": "x", "finished": "f"},
):
    node: str
    claimable: list[tuple[int, int | None, datetime]] = []
    changes: list[tuple[int, UUID, EventType]] = []
    stops: list[tuple[int, UUID, int]] = []
    finished: bool = False
    watch: bool = False


_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(_Message).decode


class PostgresNudges:
    """Nudges and NudgeListener of ports/. Use it within `running()`.

    `url` must lead to a session of its own. Where it is empty nothing is heard, and whoever listens lives by its poll.
    """

    def __init__(self, url: str, pool: Pool) -> None:
        self._url = url
        self._pool = pool
        self._node = uuid4()
        self._work: list[Callable[[Claimable], None]] = []
        self._changed: list[Callable[[Sequence[JobChanged]], None]] = []
        self._finished: list[Callable[[], None]] = []
        self._ended: list[Callable[[Iterable[int]], None]] = []
        self._cancel: list[Callable[[int, UUID, int], None]] = []
        self._claimable: dict[tuple[int, int | None], datetime] = {}
        self._changes: dict[tuple[int, UUID], EventType] = {}
        self._stops: list[tuple[int, UUID, int]] = []
        self._outcomes = False
        self._watch_news = False
        self._to_send = asyncio.Event()
        self._sent_at = float("-inf")
        self._refresh = asyncio.Event()
        self._mine: set[int] = set()
        self._watched: set[int] = set()
        self._connected = asyncio.Event()
        self._looked = asyncio.Event()

    # Nudges ---------------------------------------------------------------------------------------------------------
    def leading_edge(self) -> str | None:
        """The name under which a transaction may wake others itself, where nothing was sent for 5 ms; else None."""
        now = time.monotonic()
        if self._to_send.is_set() or now - self._sent_at < MERGE_SECONDS:
            return None
        self._sent_at = now
        return self._node.hex

    def work(self, claimable: Iterable[Claimable], *, others_know: bool = False) -> None:
        """Jobs became claimable; `others_know`: other processes have been told."""
        for one in claimable:
            _call(self._work, one)
            if others_know:
                continue
            line = (one.lane, one.priority)
            self._claimable[line] = min(one.place, self._claimable.get(line, one.place))
            self._to_send.set()

    def changed(self, changes: Iterable[JobChanged]) -> None:
        """Jobs changed. Those of owners whom nobody watches are dropped here."""
        if not (self._watched or self._mine):
            return
        told = [change for change in changes if change.owner in self._mine or change.owner in self._watched]
        if told:
            _call(self._changed, told)
        for change in told:
            if change.owner in self._watched and len(self._changes) < MOST_WAITING:
                self._changes[change.owner, change.job_id] = change.event
                self._to_send.set()

    def finished(self, owners: Iterable[int]) -> None:
        """Jobs of these owners ended: their outcomes can be read."""
        owners = set(owners)
        _call(self._ended, owners)
        if not owners.isdisjoint(self._mine):
            _call(self._finished)
        if not owners.isdisjoint(self._watched):
            self._outcomes = True
            self._to_send.set()

    def cancel(self, worker: int, job_id: UUID, run: int) -> None:
        """A running job should stop."""
        _call(self._cancel, worker, job_id, run)
        if len(self._stops) < MOST_WAITING:
            self._stops.append((worker, job_id, run))
            self._to_send.set()

    # NudgeListener --------------------------------------------------------------------------------------------------
    def on_work(self, callback: Callable[[Claimable], None]) -> Unsubscribe:
        """Call back where jobs became claimable."""
        return _subscribe(self._work, callback)

    def on_changed(self, callback: Callable[[Sequence[JobChanged]], None]) -> Unsubscribe:
        """Call back with changes of watched owners' jobs."""
        return _subscribe(self._changed, callback)

    def on_finished(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when outcomes of some owner can be read."""
        return _subscribe(self._finished, callback)

    def on_ended(self, callback: Callable[[Iterable[int]], None]) -> Unsubscribe:
        """Call back with the owners of jobs that ended in this process, and only there."""
        return _subscribe(self._ended, callback)

    def on_cancel(self, callback: Callable[[int, UUID, int], None]) -> Unsubscribe:
        """Call back with (worker, job, run) of a job that should stop."""
        return _subscribe(self._cancel, callback)

    async def watch(self, owners: Iterable[int]) -> None:
        """These owners have a socket on this node. Told to all within moments; repeated while it stands."""
        self._mine = set(owners)
        self._refresh.set()

    # Running --------------------------------------------------------------------------------------------------------
    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Listen and send until the end of the block; what waits to be sent then goes out first."""
        loops = [self._send_all(), self._refresh_watched()]
        if self._url:
            loops.append(self._listen())
        else:
            log.warning(
                "no notifications behind a pooler in transaction mode: jobs and outcomes of other processes are found"
                " by polling, within a second; set JOBYARD_DATABASE_DIRECT_URL to hear of them at once"
            )
        tasks = [asyncio.create_task(loop, name=loop.__qualname__) for loop in loops]
        try:
            yield
        finally:
            with contextlib.suppress(*AWAY):
                async with asyncio.timeout(1):
                    await self._send()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def watched(self) -> frozenset[int]:
        """The owners whom other nodes watch, as far as this one knows."""
        return frozenset(self._watched)

    async def looked(self) -> None:
        """Wait until it has been read once more whom others watch."""
        self._looked.clear()
        await self._looked.wait()

    async def listening(self) -> None:
        """Wait until the connection that listens is there."""
        await self._connected.wait()

    async def _listen(self) -> None:
        pause = RECONNECT_SECONDS[0]
        while True:
            try:
                connection = await open_connection(self._url, SETTINGS)
                try:
                    await connection.add_listener(CHANNEL, self._receive)
                    pause = RECONNECT_SECONDS[0]
                    self._connected.set()
                    _call(self._finished)  # what was said meanwhile went unheard
                    await self._stay(connection)
                finally:
                    self._connected.clear()
                    connection.terminate()
            except (*AWAY, asyncpg.PostgresError) as error:
                LISTENER_RECONNECTS.inc()
                log.warning("listener lost its connection", error=repr(error), again_in_seconds=pause)
            except Exception:
                log.exception("the listener failed and goes on", again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, RECONNECT_SECONDS[1])

    async def _stay(self, connection: Connection) -> None:
        """Until the connection breaks. A half-open one shows by an unanswered question."""
        closed = asyncio.Event()

        def close(_: object) -> None:
            closed.set()

        connection.add_termination_listener(close)
        while not closed.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(KEEPALIVE_SECONDS):
                    await closed.wait()
            await connection.execute("SELECT 1", timeout=5)

    def _receive(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        try:
            message = _decode(payload)
        except msgspec.MsgspecError:
            log.warning("a message on the channel is not ours", channel=CHANNEL, size=len(payload))
            return
        if message.node == self._node.hex:
            return
        for claimable in message.claimable:
            _call(self._work, Claimable(*claimable))
        if message.changes:
            changes = [JobChanged(*change) for change in message.changes if change[0] in self._mine]
            _call(self._changed, changes)
        for stop in message.stops:
            _call(self._cancel, *stop)
        if message.finished:
            _call(self._finished)
        if message.watch:
            self._refresh.set()

    async def _send_all(self) -> None:
        while True:
            await self._to_send.wait()
            try:
                await self._send()
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("a nudge was not sent: others will find out by polling", error=repr(error))
                await asyncio.sleep(1)
            except Exception:
                log.exception("sending nudges failed and goes on")
                await asyncio.sleep(1)
            await asyncio.sleep(MERGE_SECONDS)

    async def _send(self) -> None:
        messages = [_encode(message).decode() for message in self._messages()]
        if messages:
            async with self._pool.acquire() as connection:
                await connection.execute("SELECT pg_notify($1, m) FROM unnest($2::text[]) m", CHANNEL, messages)

    def _messages(self) -> list[_Message]:
        self._to_send.clear()
        self._sent_at = time.monotonic()
        node = self._node.hex
        changes = [(owner, job_id, event) for (owner, job_id), event in self._changes.items()]
        claimable = [(lane, priority, place) for (lane, priority), place in self._claimable.items()]
        stops, finished, watch = self._stops, self._outcomes, self._watch_news
        self._claimable, self._changes, self._stops, self._outcomes, self._watch_news = {}, {}, [], False, False
        messages = [
            *(_Message(node, claimable=part) for part in _parts(claimable)),
            *(_Message(node, changes=part) for part in _parts(changes)),
            *(_Message(node, stops=part) for part in _parts(stops)),
        ]
        if finished or watch:
            messages.append(_Message(node, finished=finished, watch=watch))
        return messages

    async def _refresh_watched(self) -> None:
        """Say whom we watch, and learn whom others watch: every 2 s, and at once when somebody says so."""
        said: set[int] = set()
        while True:
            try:
                async with self._pool.acquire() as connection:
                    mine = self._mine
                    if mine or said:
                        await connection.execute(query("watch"), self._node, list(mine), WATCH_SECONDS)
                        if mine != said:  # only now: whoever is told looks at once
                            self._watch_news = True
                            self._to_send.set()
                        said = mine
                    rows = await connection.fetch(query("watched"), self._node)
                self._watched = {row["owner_id"] for row in rows}
                self._looked.set()
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("who watches could not be read", error=repr(error))
            except Exception:
                log.exception("reading who watches failed and goes on")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._refresh.wait()
            self._refresh.clear()


def _parts(said: list[C]) -> list[list[C]]:
    """As much as one message takes: one that is too long would take all the others of its statement with it."""
    return [said[start : start + IDS_A_MESSAGE] for start in range(0, len(said), IDS_A_MESSAGE)]


def _subscribe(callbacks: list[C], callback: C) -> Unsubscribe:
    callbacks.append(callback)
    return lambda: callbacks.remove(callback)


def _call(callbacks: "list[Callable[..., None]]", *arguments: Any) -> None:
    for callback in [*callbacks]:
        callback(*arguments)
