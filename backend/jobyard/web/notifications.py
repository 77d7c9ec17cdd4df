"""The inbox: what ended while its owner was away, and what the owner wants to be told of."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.inbox import KEPT, InboxSettings, Notification
from jobyard.domain.job import Notify
from jobyard.domain.user import Viewer
from jobyard.web.app_ports import AppPorts
from jobyard.web.notification_answer import NotificationAnswer
from jobyard.web.paging import DEFAULT_LIMIT, NOT_OURS, Limit, PageCursor, decode_cursor, encode_cursor, link_to_next

TAGS = ["Notifications"]
LISTS = {False: "notifications", True: "unread notifications"}
_PLACE = struct.Struct(">Q16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


class NotificationPage(msgspec.Struct):
    """Notifications, newest first: the newest 1,000 are kept."""

    items: list[NotificationAnswer]
    next_cursor: str | None
    unread: int
    """Of those that are kept."""
    folded: int
    """How many older ones there were."""


class ReadBody(msgspec.Struct, forbid_unknown_fields=True):
    """What has been read: some, or all."""

    ids: list[UUID] | None = None
    all: bool = False


class ReadAnswer(msgspec.Struct):
    """How many were unread until now."""

    changed: int


class Ends(msgspec.Struct, forbid_unknown_fields=True):
    """Which ends of a job are told."""

    completed: bool
    failed: bool
    cancelled: bool

    @classmethod
    def of(cls, notify: Notify) -> "Ends":
        return cls(Notify.COMPLETED in notify, Notify.FAILED in notify, Notify.CANCELLED in notify)

    def notify(self) -> Notify:
        """As the engine has it."""
        return Notify(
            self.completed * Notify.COMPLETED | self.failed * Notify.FAILED | self.cancelled * Notify.CANCELLED
        )


class SettingsBody(msgspec.Struct, forbid_unknown_fields=True):
    """What one is told of. It holds for jobs that are submitted from now on."""

    signed_in: Ends
    """Of jobs submitted with an access token. By default all ends."""
    others: Ends
    """Of the rest: API keys, schedules, handlers. By default failures alone."""
    kinds: dict[str, Ends] = {}
    """Of jobs of these kinds, whoever submitted them."""

    @classmethod
    def of(cls, settings: InboxSettings) -> "SettingsBody":
        kinds = {kind: Ends.of(notify) for kind, notify in sorted(settings.kinds.items())}
        return cls(Ends.of(settings.signed_in), Ends.of(settings.others), kinds)

    def settings(self) -> InboxSettings:
        """As the domain has it."""
        kinds = {kind: ends.notify() for kind, ends in self.kinds.items()}
        return InboxSettings(self.signed_in.notify(), self.others.notify(), kinds)


Unread = Annotated[bool, QueryParameter(description="Those that have not been read alone.")]


@get("/notifications", tags=TAGS, summary="What ended, newest first")
async def list_notifications(
    request: Request[Any, Any, Any],
    viewer: Asker,
    ports: Ports,
    unread: Unread = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[NotificationPage]:
    page = await ports.inbox.page(viewer, _place(LISTS[unread], cursor), limit, unread=unread)
    next_cursor = _cursor(LISTS[unread], page.items[-1]) if page.more else None
    answer = NotificationPage([NotificationAnswer.of(one) for one in page.items], next_cursor, page.unread, page.folded)
    return Response(answer, headers=link_to_next(request, next_cursor))


@post("/notifications/read", status_code=200, tags=TAGS, summary="Mark notifications as read")
async def read_notifications(viewer: Asker, ports: Ports, data: JSONBody[ReadBody]) -> ReadAnswer:
    """`ids`, or `all`. One that is not there, or was read before, is left out of the count."""
    if (data.ids is None) is not data.all:
        raise Invalid([FieldError("", "must have either ids, or all with the value true")])
    if data.ids is not None and not 1 <= len(data.ids) <= KEPT:
        raise Invalid([FieldError("/ids", f"must be from 1 to {KEPT}, not {len(data.ids)}")])
    return ReadAnswer(await ports.inbox.read(viewer, data.ids))


@get("/notifications/settings", tags=TAGS, summary="What you are told of")
async def get_settings(viewer: Asker, ports: Ports) -> SettingsBody:
    return SettingsBody.of(await ports.wishes.read(viewer))


@put("/notifications/settings", tags=TAGS, summary="Change what you are told of")
async def put_settings(viewer: Asker, ports: Ports, data: JSONBody[SettingsBody]) -> SettingsBody:
    """It holds for jobs that are submitted from now on, on other nodes within 30 s."""
    return SettingsBody.of(await ports.wishes.change(viewer, data.settings()))


NOTIFICATION_HANDLERS: list[HTTPRouteHandler] = [list_notifications, read_notifications, get_settings, put_settings]


def _cursor(name: str, last: Notification) -> str:
    return encode_cursor(name, _PLACE.pack((last.at - _EPOCH) // _MICROSECOND, last.job_id.bytes))


def _place(name: str, cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        microseconds, job_id = _PLACE.unpack(decode_cursor(name, cursor))
        return _EPOCH + microseconds * _MICROSECOND, UUID(bytes=job_id)
    except (struct.error, OverflowError) as error:
        raise Invalid([FieldError("?cursor", NOT_OURS)]) from error
