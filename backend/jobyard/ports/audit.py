"""The audit trail: written by whoever does something worth it, read by its owner and by administrators."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from jobyard.domain.audit import AuditEntry, AuditLine
from jobyard.domain.user import Viewer


class AuditTrail(Protocol):
    """Where lines are written. `AccountWork.audit` writes in its unit of work; `AuditLog.record` in one of its own."""

    async def record(self, entry: AuditEntry) -> None:
        """Write one line."""
        ...


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, newest first, and the id to go on below (None: that was all)."""

    items: list[AuditLine]
    next_before: UUID | None


class AuditLog(AuditTrail, Protocol):
    """The whole trail. `record` is durable when it returns: call it before what it tells of is answered."""

    async def page(self, viewer: Viewer, before: UUID | None, limit: int, *, everyone: bool = False) -> AuditPage:
        """What the viewer did and what was done to it; `everyone`, for administrators, is all there is."""
        ...
