"""A notification as it is answered, and told on the live socket."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from jobyard.domain.inbox import Notification


class NotificationAnswer(msgspec.Struct):
    """The end of a job, as its owner is told."""

    id: UUID
    at: datetime
    job_id: UUID
    kind: str
    event: Literal["completed", "failed", "cancelled"]
    message: str
    read: bool

    @classmethod
    def of(cls, told: Notification) -> "NotificationAnswer":
        event: Any = told.event.value
        return cls(told.id, told.at, told.job_id, told.kind, event, told.message, told.read)
