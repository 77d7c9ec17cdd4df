"""The inbox: which ends of which jobs their owner is told of, and what a notification is.

A notification's id is made of what is stored anyway: a UUIDv7 with the time of the end to the microsecond (RFC 9562,
6.2, method 3) and the random bits of the job's id. So the row needs no id, the socket can tell the id without reading
the row, and an id that a client sends leads straight to the index (owner, time).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jobyard.domain.events import EventType
from jobyard.domain.job import Notify

KEPT = 1_000
"""Notifications a user; older ones fold into a count."""

MESSAGE_MAX_CHARACTERS = 500
_TAIL = (1 << 64) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """Which ends a user is told of. It is decided when a job is submitted, and stays with the job."""

    signed_in: Notify = Notify.ALL
    """Of jobs that were submitted with an access token: somebody waits for them."""
    others: Notify = Notify.FAILED
    """Of the rest: API keys, schedules, handlers."""
    kinds: Mapping[str, Notify] = field(default_factory=dict[str, Notify])
    """Of jobs of these kinds, whoever submitted them."""

    def wanted(self, kind: str, *, signed_in: bool) -> Notify:
        """The ends of a new job that are told."""
        return self.kinds.get(kind, self.signed_in if signed_in else self.others)


@dataclass(frozen=True, slots=True)
class Notification:
    """The end of a job, as its owner is told. `error` is the last one's message, for a job that failed."""

    at: datetime
    job_id: UUID
    kind: str
    event: EventType
    error: str | None = None
    read: bool = False

    @property
    def id(self) -> UUID:
        """The same wherever it is told."""
        milliseconds, rest = divmod(self.at - _EPOCH, _MILLISECOND)
        return UUID(int=milliseconds << 80 | 7 << 76 | rest // _MICROSECOND << 64 | self.job_id.int & _TAIL)

    @property
    def message(self) -> str:
        """A sentence for people."""
        said = f"{self.kind} {'was cancelled' if self.event is EventType.CANCELLED else self.event}"
        text = said if self.error is None else f"{said}: {self.error}"
        return text if len(text) <= MESSAGE_MAX_CHARACTERS else text[: MESSAGE_MAX_CHARACTERS - 1] + "…"


def place_of(notification_id: UUID) -> tuple[datetime, int] | None:
    """When the job of a notification ended, and the last 64 bits of the job's id. None: not an id of ours."""
    number = notification_id.int
    milliseconds, microseconds = number >> 80, number >> 64 & 0xFFF
    if number >> 76 & 0xF != 7 or microseconds > 999:
        return None
    try:
        return _EPOCH + milliseconds * _MILLISECOND + microseconds * _MICROSECOND, number & _TAIL
    except OverflowError:
        return None
