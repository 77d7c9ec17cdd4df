"""The audit trail: written by whoever does something worth it, read by its owner and by administrators."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from jobyard.domain.audit import AuditEntry, AuditLine
from jobyard.domain.user import Viewer


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, newest first, and the id to go on below (None: that was all)."""

    items: list[AuditLine]
    next_before: UUID | None


class AuditTrail(Protocol):
    """The trail. `AccountWork.audit` writes in its unit of work; `AppPorts.audit` in one of its own.

    There a line is durable when `record` returns: write it before what it tells of is answered.
    """

    async def record(self, entry: AuditEntry) -> None:
        """Write one line."""
        ...

    async def page(self, viewer: Viewer, before: UUID | None, limit: int, *, everyone: bool = False) -> AuditPage:
        """What the viewer did and what was done to it; `everyone`, for administrators, is all there is."""
        ...
