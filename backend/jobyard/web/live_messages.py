"""What is said on the live socket: the messages of both sides, cursors as text, close codes."""

from enum import IntEnum
from zlib import crc32

import msgspec

from jobyard.domain.events import OUTCOMES, EventType
from jobyard.domain.inbox import Notification
from jobyard.domain.job import Job, JobState
from jobyard.web.job_structs import JobSummary
from jobyard.web.notification_answer import NotificationAnswer


class Close(IntEnum):
    """Why the server ends a socket."""

    RESTARTING = 1012
    TOO_SLOW = 1013
    """Also: too much is asked of this server now. Come back later, and catch up by cursor."""
    BAD_MESSAGE = 4400
    UNAUTHENTICATED = 4401
    NOT_ALLOWED = 4403


class Auth(msgspec.Struct, forbid_unknown_fields=True, tag="auth"):
    """Who the client is: first of all without a header, and again before a token runs out."""

    token: str


class Subscribe(msgspec.Struct, forbid_unknown_fields=True, tag="subscribe"):
    """Send every outcome since this cursor. With `all`, for administrators, everybody's, from now on too."""

    after: str
    all: bool = False


class Pong(msgspec.Struct, forbid_unknown_fields=True, tag="pong"):
    """Still here."""


ClientMessage = Auth | Subscribe | Pong

_decode = msgspec.json.Decoder(ClientMessage).decode


class BadMessage(Exception):
    """The client said something that is not one of its messages; the text tells what is wrong."""


def read_message(text: str | None, most_bytes: int) -> ClientMessage:
    """Decode what a client sent. Raises BadMessage."""
    if text is None:
        raise BadMessage("messages are text, not binary")
    if len(text) > most_bytes or len(text.encode(errors="replace")) > most_bytes:
        raise BadMessage(f"a message has at most {most_bytes} bytes")
    try:
        return _decode(text)
    except RecursionError as error:
        raise BadMessage("the message is nested too deeply") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadMessage(str(error)) from error


# Events -------------------------------------------------------------------------------------------------------------
_STATES_OF: dict[EventType, frozenset[JobState]] = {
    EventType.CREATED: frozenset({JobState.SCHEDULED, JobState.PENDING}),
    EventType.SCHEDULED: frozenset({JobState.SCHEDULED}),
    EventType.PENDING: frozenset({JobState.PENDING}),
    EventType.STARTED: frozenset({JobState.RUNNING}),
    EventType.PROGRESS: frozenset({JobState.RUNNING}),
    EventType.CANCEL_REQUESTED: frozenset({JobState.RUNNING}),
    EventType.RETRYING: frozenset({JobState.RETRYING}),
}
_EVENT_OF: dict[JobState, EventType] = {
    JobState.SCHEDULED: EventType.SCHEDULED,
    JobState.PENDING: EventType.PENDING,
    JobState.RUNNING: EventType.STARTED,
    JobState.RETRYING: EventType.RETRYING,
    **OUTCOMES,
}


def event_of(job: Job, hint: EventType | None) -> EventType:
    """The event that fits the job as it is now: the hinted one, unless the job has gone on since."""
    if hint is not None and job.state in _STATES_OF.get(hint, ()):
        return hint
    return EventType.CANCEL_REQUESTED if job.cancel_requested else _EVENT_OF[job.state]


def event_id(job: Job, event: EventType) -> str:
    """The same whenever the same is told: job, run, event; progress also has what was reported."""
    name = f"{job.id}-{job.run}-{event}"
    if event is EventType.PROGRESS and job.progress is not None:
        said = f"{job.progress.fraction!r} {job.progress.message or ''}"
        return f"{name}-{crc32(said.encode()):08x}"
    return name


EVENT_BEGINS = '{"type":"job"'


class EncodedEvent:
    """A job event, encoded once for all the sockets that it goes to; only the cursor differs between them."""

    __slots__ = ("_after", "_before")

    def __init__(self, job: Job, event: EventType) -> None:
        self._before = f'{EVENT_BEGINS},"event":"{event}","id":"{event_id(job, event)}","cursor":"'
        self._after = f'","job":{msgspec.json.encode(JobSummary.of(job)).decode()}}}'

    def text(self, cursor: str) -> str:
        """The message."""
        return f"{self._before}{cursor}{self._after}"


def notification(told: Notification) -> str:
    """It stands in the inbox."""
    return f'{{"type":"notification",{msgspec.json.encode(NotificationAnswer.of(told)).decode()[1:]}'


def reset(cursor: str) -> str:
    """Too much was missed: read everything anew. Events flow from this cursor on."""
    return f'{{"type":"reset","cursor":"{cursor}"}}'


def ready(cursor: str) -> str:
    """Events flow from now on; nothing before this cursor is sent without a `subscribe`."""
    return f'{{"type":"ready","cursor":"{cursor}"}}'


def subscribed(cursor: str) -> str:
    """Every outcome since the cursor that was subscribed from has been sent."""
    return f'{{"type":"subscribed","cursor":"{cursor}"}}'


def ping(cursor: str) -> str:
    """To be answered by a pong; it also brings the cursor of a quiet client forward."""
    return f'{{"type":"ping","cursor":"{cursor}"}}'
