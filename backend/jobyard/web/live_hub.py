"""All live sockets of this process: one task reads for all of them, so that what is told is told in order.

A round: a new cursor; the outcomes that it sees and the last one did not, of all connected owners, in one query;
replays; then each job's row, read when it is told. Since rows are read by one task, one after the other, no socket
hears an older state of a job after a newer one. A new socket is let in at the end of a round, with its cursor: what
commits after a cursor is left to the next round, also where this one reads it, so that the new one misses nothing.
Everything is keyed by owner, which comes from a token alone: nobody hears of another's jobs.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import structlog

from jobyard.domain.events import OUTCOMES, Cursor, EventType, JobChanged, OutcomeRow
from jobyard.domain.inbox import Notification
from jobyard.domain.job import Job
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.observability import SOCKETS
from jobyard.ports import JobStore, NudgeListener, OutcomeLog
from jobyard.web.live_connection import Connection, LiveTimes, Pending
from jobyard.web.live_cursors import Cursors
from jobyard.web.live_messages import Close, EncodedEvent, event_of, notification, ready, reset, subscribed
from jobyard.web.live_strangers import Strangers

log = structlog.get_logger(__name__)

OUTCOMES_A_PAGE = 500
JOBS_A_READ = 500
READS_A_ROUND = 10
REPLAYS_A_ROUND = 50
MOST_REPLAYED = 1_000
OLDEST_CURSOR = timedelta(days=7)
MOST_CHANGES = 10_000
SHORTEST_GAP = 0.02
"""Seconds between two rounds: hints in between are merged, and no more than half of the time is spent reading."""
FAILED_GAPS = (0.5, 5.0)


@dataclass(slots=True, eq=False)
class _Joining:
    connection: Connection
    done: "asyncio.Future[None]"


@dataclass(slots=True, eq=False)
class _Replay:
    connection: Connection
    after: Cursor | None
    done: "asyncio.Future[None]"


class LiveHub:
    """The hub. Use it within `running()`."""

    def __init__(
        self,
        store: JobStore,
        outcome_log: OutcomeLog,
        listener: NudgeListener,
        cursors: Cursors,
        *,
        times: LiveTimes | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.times = times or LiveTimes()
        self.limits = limits or Limits()
        self.is_closing = False
        self.open: set[Connection] = set()
        self.strangers = Strangers()
        self.cursors = cursors
        self._store = store
        self._log = outcome_log
        self._listener = listener
        self._by_owner: dict[int, set[Connection]] = {}
        self._seeing_all: set[Connection] = set()
        self._behind: set[Connection] = set()
        self._joining: list[_Joining] = []
        self._replays: list[_Replay] = []
        self._changes: OrderedDict[UUID, JobChanged] = OrderedDict()
        self._cursor: Cursor | None = None
        """Who is here has been told of what it saw, and of nothing else."""
        self._watched: frozenset[int] = frozenset()
        self._wake = asyncio.Event()
        self._left = self.strangers.left

    # For the sockets' handlers --------------------------------------------------------------------------------------
    def is_full_for(self, viewer: Viewer) -> bool:
        """Whether this user has as many sockets here as are allowed."""
        joining = sum(one.connection.viewer.key == viewer.key for one in self._joining)
        return len(self._by_owner.get(viewer.key, ())) + joining >= self.limits.sockets_per_user

    async def join(self, connection: Connection) -> None:
        """Let a connection in: it is told `ready`, and events flow."""
        request = _Joining(connection, asyncio.get_running_loop().create_future())
        self._joining.append(request)
        self._wake.set()
        try:
            await request.done
        finally:
            if request in self._joining:
                self._joining.remove(request)

    def see_all(self, connection: Connection) -> None:
        """From now on it hears of everybody's outcomes, and of what else this node learns of others' jobs."""
        connection.sees_all = True
        self._seeing_all.add(connection)

    async def replay(self, connection: Connection, after: Cursor | None) -> None:
        """Read what a connection missed. It is told as fast as it takes it; `subscribed` or `reset` ends it.

        None: nobody knows any more how far it got.
        """
        connection.begin_replay(after or connection.cursor)
        request = _Replay(connection, after, asyncio.get_running_loop().create_future())
        self._replays.append(request)
        self._wake.set()
        try:
            await request.done
        finally:
            if request in self._replays:
                self._replays.remove(request)

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self.open.discard(connection)
        self._seeing_all.discard(connection)
        SOCKETS.set(len(self.open))
        self._behind.discard(connection)
        mine = self._by_owner.get(connection.viewer.key)
        if mine is not None:
            mine.discard(connection)
            if not mine:
                del self._by_owner[connection.viewer.key]
        self._wake.set()
        self._left.set()

    def cursor_of(self, connection: Connection) -> str:
        """The place up to which this connection misses no outcome, as text."""
        if self._cursor is not None and connection.has_all_outcomes():
            connection.cursor = self._cursor
        return self.cursors.text(connection.cursor)

    # Its life -------------------------------------------------------------------------------------------------------
    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Read until the end of the block, then close every socket with 1012."""
        endings = [
            self._listener.on_changed(self._note_changes),
            self._listener.on_finished(self._wake.set),
        ]
        reader = asyncio.create_task(self._read_forever(), name="live-hub")
        try:
            yield
        finally:
            await self.close_all()
            for end in endings:
                end()
            reader.cancel()
            await asyncio.wait([reader])

    async def close_all(self) -> None:
        """Close every socket with 1012, and let no other in. Returns when they are closed, or after a time."""
        self.is_closing = True
        for task in [*self.strangers.tasks]:
            task.cancel()
        for connection in [*self.open, *(one.connection for one in self._joining)]:
            connection.end(Close.RESTARTING, "the server is restarting")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.times.goodbye):
                while self.open or self._joining or self.strangers.tasks:
                    self._left.clear()
                    await self._left.wait()

    def _note_changes(self, changes: Sequence[JobChanged]) -> None:
        for change in changes:
            self._changes[change.job_id] = change
        while len(self._changes) > MOST_CHANGES:
            self._changes.popitem(last=False)
        self._wake.set()

    async def _read_forever(self) -> None:
        failed_gap, longest = FAILED_GAPS
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.times.poll if self.open else None):
                    await self._wake.wait()
            self._wake.clear()
            began = loop.time()
            try:
                await self._round()
                failed_gap = FAILED_GAPS[0]
                gap = max(SHORTEST_GAP, loop.time() - began)
            except Exception:
                log.exception("live events could not be read", again_in_seconds=failed_gap)
                self._wake.set()
                gap, failed_gap = failed_gap, min(failed_gap * 2, longest)
            await asyncio.sleep(gap)

    # A round --------------------------------------------------------------------------------------------------------
    async def _round(self) -> None:
        if not self.open and not self._joining:
            await self._rest()
            return
        upto = await self._log.cursor()
        told = self._cursor or upto  # where nobody was connected, nothing was promised
        if told.system != upto.system or upto.first_unseen < told.first_unseen:
            told = self._begin_anew(upto)
        await self._read_everybodys(told, upto)  # first: who sees all is told in the order in which jobs ended
        await self._read_outcomes(told, upto)
        self._cursor = upto
        for request in self._replays[:REPLAYS_A_ROUND]:
            await self._read_replay(request, upto)
        self._spread_changes()
        await self._tell()
        await self._let_in(upto)
        if self._replays:
            self._wake.set()

    def _begin_anew(self, upto: Cursor) -> Cursor:
        """The database is another, or an older state of it: what has been told of there says nothing."""
        self._cursor = upto
        for connection in self.open:
            connection.cursor = upto
            connection.send(reset(self.cursors.text(upto)))
        return upto

    async def _rest(self) -> None:
        """Nobody is here."""
        self._cursor = None
        self._changes.clear()
        await self._watch(frozenset())

    async def _watch(self, owners: frozenset[int]) -> None:
        if owners != self._watched:
            await self._listener.watch(owners)
            self._watched = owners

    async def _read_outcomes(self, told: Cursor, upto: Cursor) -> None:
        owners = list(self._by_owner)
        after: tuple[int, UUID] | None = None
        while owners:
            rows = await self._log.unseen(owners, told, OUTCOMES_A_PAGE, after)
            for row in rows:
                if upto.saw(row.finish_xid):
                    self._add_outcome(self._by_owner.get(row.owner, ()), row)
            if len(rows) < OUTCOMES_A_PAGE:
                return
            after = (rows[-1].finish_xid, rows[-1].job_id)

    async def _read_everybodys(self, told: Cursor, upto: Cursor) -> None:
        """For administrators who see all. More than a replay may bring since the last round: they read anew."""
        if not self._seeing_all:
            return
        rows = await self._log.unseen(None, told, MOST_REPLAYED + 1)
        if len(rows) > MOST_REPLAYED:
            for connection in self._seeing_all:
                connection.send(reset(self.cursor_of(connection)))
            return
        for row in rows:
            if upto.saw(row.finish_xid):
                self._add_outcome(self._seeing_all, row)

    def _add_outcome(self, connections: "set[Connection] | tuple[()]", row: OutcomeRow) -> None:
        for connection in connections:
            connection.add_outcome(row)
            self._behind.add(connection)

    async def _read_replay(self, request: _Replay, upto: Cursor) -> None:
        connection, after = request.connection, request.after
        rows: list[OutcomeRow] | None = None
        if after is not None and _is_good(after, upto):
            owners = None if connection.sees_all else [connection.viewer.key]
            rows = await self._log.since(owners, after, MOST_REPLAYED + 1)
        if rows is None or len(rows) > MOST_REPLAYED:
            connection.replay_read(None)
            connection.send(reset(self.cursor_of(connection)))
        else:
            connection.replay_read(len(rows))
            for row in rows:
                if upto.saw(row.finish_xid):  # else the next round tells it
                    # The inbox has it; only what is new there is told.
                    self._add_outcome({connection}, replace(row, notify=False))
            if connection.replay_done():
                connection.send(subscribed(self.cursor_of(connection)))
        if request in self._replays:
            self._replays.remove(request)
        if not request.done.done():
            request.done.set_result(None)

    def _spread_changes(self) -> None:
        while self._changes:
            _, change = self._changes.popitem(last=False)
            for connection in self._seeing_all.union(self._by_owner.get(change.owner, ())):
                connection.add_hint(change)
                self._behind.add(connection)

    async def _let_in(self, upto: Cursor) -> None:
        joining = [*self._joining]
        await self._watch(frozenset(self._by_owner) | {one.connection.viewer.key for one in joining})
        for request in joining:
            connection = request.connection
            if request.done.done() or connection.ended is not None:
                continue
            connection.cursor = upto
            connection.on_drained = self._wake.set
            self.open.add(connection)
            SOCKETS.set(len(self.open))
            self._by_owner.setdefault(connection.viewer.key, set()).add(connection)
            self._joining.remove(request)
            connection.send(ready(self.cursors.text(upto)))
            request.done.set_result(None)

    # Telling --------------------------------------------------------------------------------------------------------
    async def _tell(self) -> None:
        """Read the rows of jobs that something is to be told of, and tell it, as far as sockets take it."""
        for _ in range(READS_A_ROUND):
            picked, owner_of = self._pick()
            if not picked:
                return
            jobs = await self._store.get_many(list(owner_of.values()), list(owner_of))
            encoded: dict[tuple[UUID, EventType], EncodedEvent] = {}
            for connection, job_id in picked:
                owner, job = jobs.get(job_id, (None, None))
                entry = connection.take(job_id)
                done = connection.replay_done()
                if entry is not None and job is not None and (owner == connection.viewer.key or connection.sees_all):
                    try:
                        self._tell_one(connection, entry, job, encoded)
                    except Exception:  # it would fail each round anew, and nobody would hear of anything
                        log.exception("a job could not be told", job_id=str(job_id))
                if done:
                    connection.send(subscribed(self.cursor_of(connection)))
                if not connection.pending:
                    self._behind.discard(connection)
        self._wake.set()

    def _pick(self) -> tuple[list[tuple[Connection, UUID]], dict[UUID, int]]:
        picked: list[tuple[Connection, UUID]] = []
        owner_of: dict[UUID, int] = {}
        for connection in [*self._behind]:
            for job_id, owner in connection.next_jobs():
                if len(owner_of) >= JOBS_A_READ and job_id not in owner_of:
                    return picked, owner_of
                picked.append((connection, job_id))
                owner_of[job_id] = owner if connection.sees_all else connection.viewer.key
        return picked, owner_of

    def _tell_one(
        self, connection: Connection, entry: Pending, job: Job, encoded: dict[tuple[UUID, EventType], EncodedEvent]
    ) -> None:
        ended = OUTCOMES.get(job.state)
        if ended is None:
            event = event_of(job, entry.hint)
        elif entry.outcome is not None and (entry.outcome.run, entry.outcome.event) == (job.run, ended):
            event = ended
        else:
            return  # the log has a newer outcome of it, which a later round reads: it is not told before its cursor
        if (job.id, event) not in encoded:
            encoded[job.id, event] = EncodedEvent(job, event)
        connection.send(encoded[job.id, event].text(self.cursor_of(connection)))
        if ended is not None and entry.outcome is not None and entry.outcome.notify:
            self._tell_of_inbox(connection, entry.owner, job, event)

    @staticmethod
    def _tell_of_inbox(connection: Connection, owner: int, job: Job, event: EventType) -> None:
        if owner != connection.viewer.key or job.finished_at is None:
            return
        error = job.error.message if job.error is not None and event is EventType.FAILED else None
        connection.send(notification(Notification(job.finished_at, job.id, job.kind, event, error)))


def _is_good(after: Cursor, upto: Cursor) -> bool:
    """Whether what came after a cursor can be read: it is of this database, and not too old."""
    return after.system == upto.system and after.xmin <= upto.xmin and upto.at - after.at <= OLDEST_CURSOR
