"""One live socket, once it has authenticated: what waits to be sent, and how it ends.

Granian's rule (2.8): a close is not sent while a receive is pending on the same socket, and it hangs instead. So
whoever wants to end a connection calls `end`, which cancels its handler's receive; the handler then closes the socket.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from litestar import WebSocket
from litestar.exceptions import WebSocketException

from jobyard.domain.events import Cursor, EventType, JobChanged, OutcomeRow
from jobyard.domain.user import Viewer
from jobyard.observability import SOCKET_EVENTS
from jobyard.web.live_messages import EVENT_BEGINS, Close

log = structlog.get_logger(__name__)

NOWHERE = Cursor(0, 0, datetime.fromtimestamp(0, UTC))

AnyWebSocket = WebSocket[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class LiveTimes:
    """How long a socket waits for what, in seconds."""

    first_message: float = 5.0
    join: float = 10.0
    """For a round of the hub, at its begin: longer, and the database is away."""
    replay: float = 60.0
    """For the turn of its replay: when a node comes back, thousands ask at once."""
    poll: float = 1.0
    """Between two looks at the log of outcomes, where no nudge comes."""
    tick: float = 1.0
    ping: float = 20.0
    silence: float = 60.0
    expiry_grace: float = 10.0
    recheck: float = 20.0
    """Between two looks at whether its session still stands; answers are 30 s old at most (authentication.py)."""
    send: float = 20.0
    close: float = 5.0
    goodbye: float = 3.0


@dataclass(slots=True)
class Pending:
    """Something to tell of a job, whose row is read when it is told. `outcome` must be told; a hint may be left out."""

    owner: int
    hint: EventType | None = None
    outcome: OutcomeRow | None = None


class Connection:
    """The sending side of a socket, and its clock."""

    MOST_PENDING = 1_000
    """Events behind: more, and the client is too slow."""
    MOST_BYTES = 1024 * 1024
    OUTBOX_EVENTS = 100
    """Encoded ahead; what is behind them waits as ids alone."""

    def __init__(
        self, socket: AnyWebSocket, viewer: Viewer, token: str, expires_at: datetime, times: LiveTimes, now: float
    ) -> None:
        self.viewer = viewer
        self.token = token
        self.expires_at = expires_at
        self.pending: OrderedDict[UUID, Pending] = OrderedDict()
        self.outcomes_pending = 0
        self.sees_all = False
        """Whether it also hears of others' jobs: an administrator's that asked for it."""
        self.replay_asked = False
        self.replaying: int | None = None
        """How many outcomes a replay added, until all have been told; None when there is none."""
        self.cursor = NOWHERE
        """No outcome before this place is missing."""
        self.ended: tuple[Close, str] | None = None
        self.on_drained: Callable[[], None] = lambda: None
        self.heard_at = now
        self.pinged_at = now
        self._socket = socket
        self._times = times
        self._task = asyncio.current_task()
        self._outbox: deque[str] = deque()
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None

    # What to tell ---------------------------------------------------------------------------------------------------
    def add_hint(self, change: JobChanged) -> None:
        """A job changed: the newest hint stands for those before it."""
        self._entry(change.job_id, change.owner).hint = change.event
        self._check_pending()

    def add_outcome(self, outcome: OutcomeRow) -> None:
        """A job ended."""
        entry = self._entry(outcome.job_id, outcome.owner)
        if entry.outcome is not None and entry.outcome.finish_xid == outcome.finish_xid:
            return  # it waits to be told, and a replay has read it too, which leaves the inbox out
        self.outcomes_pending += entry.outcome is None
        entry.outcome = outcome
        self._check_pending()

    def take(self, job_id: UUID) -> Pending | None:
        """Remove what was to be told of a job, as it is told now."""
        entry = self.pending.pop(job_id, None)
        if entry is not None and entry.outcome is not None:
            self.outcomes_pending -= 1
        return entry

    def next_jobs(self) -> list[tuple[UUID, int]]:
        """The jobs to tell of next, each with its owner: as many as the outbox has room for."""
        room = max(0, self.OUTBOX_EVENTS - len(self._outbox))
        return [(job_id, entry.owner) for job_id, entry in islice(self.pending.items(), room)]

    def begin_replay(self, after: Cursor) -> None:
        """The client says how far it got: until the replay is done, no cursor that it is told is later."""
        self.replay_asked = True
        self.cursor = after

    def replay_read(self, count: int | None) -> None:
        """The outcomes of the replay are pending, this many; None: it came to nothing."""
        self.replay_asked = False
        self.replaying = count

    def replay_done(self) -> bool:
        """Whether a replay that was under way has just been told to its end."""
        if self.replaying is None or self.outcomes_pending > 0:
            return False
        self.replaying = None
        return True

    def has_all_outcomes(self) -> bool:
        """Whether nothing that was read of its outcomes, or is to be replayed, waits to be told."""
        return self.outcomes_pending == 0 and self.replaying is None and not self.replay_asked

    def _entry(self, job_id: UUID, owner: int) -> Pending:
        return self.pending.setdefault(job_id, Pending(owner))

    def _check_pending(self) -> None:
        if len(self.pending) > self.MOST_PENDING + (self.replaying or 0):
            self.end(Close.TOO_SLOW, f"more than {self.MOST_PENDING} events behind")

    # Sending --------------------------------------------------------------------------------------------------------
    def send(self, text: str) -> None:
        """Put a message in the outbox; a task that lives while there is something in it sends them in order."""
        if self.ended is not None:
            return
        self._outbox.append(text)
        self._bytes += len(text)
        if self._bytes > self.MOST_BYTES:
            self.end(Close.TOO_SLOW, f"more than {self.MOST_BYTES} bytes behind")
        elif self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="live-writer")

    async def _write(self) -> None:
        try:
            while self._outbox:
                text = self._outbox.popleft()
                async with asyncio.timeout(self._times.send):
                    await self._socket.send_text(text)
                self._bytes -= len(text)
                if text.startswith(EVENT_BEGINS):
                    SOCKET_EVENTS.labels("sent").inc()
        except TimeoutError:
            self.end(Close.TOO_SLOW, f"nothing was taken for {self._times.send:g} s")
        except (WebSocketException, OSError, RuntimeError) as error:
            log.debug("a live socket broke while sending", error=repr(error))
            self.end(Close.TOO_SLOW, "the connection broke")
        finally:
            self._writer = None
        if self.pending:
            self.on_drained()

    def detach(self) -> None:
        """Its handler has stopped receiving: from now on nobody cancels it."""
        self._task = None

    # Ending ---------------------------------------------------------------------------------------------------------
    def end(self, code: Close, reason: str) -> None:
        """End it, from anywhere: its handler stops receiving and closes it. The first reason counts."""
        if self.ended is not None:
            return
        self.ended = (code, reason)
        SOCKET_EVENTS.labels("dropped").inc(len(self._outbox) + len(self.pending))
        self._outbox.clear()
        self.pending.clear()
        self.outcomes_pending = 0
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def tick(self, monotonic: float, now: datetime) -> bool:
        """Look at the clocks. Returns whether a ping is due."""
        if (now - self.expires_at).total_seconds() > self._times.expiry_grace:
            self.end(Close.UNAUTHENTICATED, "the access token has run out")
        elif monotonic - self.heard_at > self._times.silence:
            self.end(Close.TOO_SLOW, f"nothing was heard for {self._times.silence:g} s")
        elif monotonic - self.pinged_at >= self._times.ping:
            self.pinged_at = monotonic
            return True
        return False

    async def close(self) -> None:
        """Send the close frame, after the writer has stopped. Only from its own handler."""
        writer = self._writer
        if writer is not None:
            writer.cancel()
            await asyncio.wait([writer], timeout=self._times.close)
        if self.ended is not None:
            await close_socket(self._socket, *self.ended, seconds=self._times.close)


async def close_socket(socket: AnyWebSocket, code: Close, reason: str, *, seconds: float) -> None:
    """Send a close frame, unless the other side is gone or does not take it in time."""
    with contextlib.suppress(TimeoutError, WebSocketException, OSError, RuntimeError):
        async with asyncio.timeout(seconds):
            await socket.close(int(code), reason[:120])
