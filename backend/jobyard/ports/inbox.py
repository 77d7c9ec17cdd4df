"""What a user is told of jobs that ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.inbox import InboxSettings, Notification
from jobyard.domain.user import Viewer


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some notifications, newest first; `more` says that others follow."""

    items: list[Notification]
    more: bool
    unread: int
    """Of the newest 1,000."""
    folded: int
    """Older ones, which are not kept."""


class Inbox(Protocol):
    """Notifications of the viewer alone. The engine writes them, in the statement that ends a job."""

    async def page(
        self, viewer: Viewer, before: tuple[datetime, UUID] | None, limit: int, *, unread: bool
    ) -> InboxPage:
        """The newest, or those before (time, job). `unread`: these alone."""
        ...

    async def read(self, viewer: Viewer, ids: Sequence[UUID] | None) -> int:
        """Mark these as read, or all of them. Returns how many changed."""
        ...

    async def settings(self, viewer: Viewer) -> InboxSettings | None:
        """What the user has set, or None."""
        ...

    async def set(self, viewer: Viewer, settings: InboxSettings) -> None:
        """Keep it, for jobs that are submitted from now on."""
        ...
