"""The audit trail: written by whoever does something worth it, read by its owner and by administrators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.audit import AuditAction, AuditEntry, AuditLine
from jobyard.domain.user import Viewer


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What narrows the trail: all of it must hold. `actor` is a user, also through its keys, or one API key."""

    actions: tuple[AuditAction, ...] = ()
    actor: UUID | None = None
    after: datetime | None = None
    """At this time or after it."""
    before: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it narrows nothing."""
        return self == AuditFilter()


ALL_LINES = AuditFilter()


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, newest first, and the id to go on below (None: that was all). Also an empty one may have a next."""

    items: list[AuditLine]
    next_before: UUID | None


class AuditTrail(Protocol):
    """The trail. `AccountWork.audit` (an AccountAudit) writes in its unit of work; `AppPorts.audit` in one of its own.

    There a line is durable when `record` returns: write it before what it tells of is answered.
    """

    async def record(self, entry: AuditEntry) -> None:
        """Write one line."""
        ...

    async def page(
        self,
        viewer: Viewer,
        before: UUID | None,
        limit: int,
        audit_filter: AuditFilter = ALL_LINES,
        *,
        everyone: bool = False,
    ) -> AuditPage:
        """What the viewer did and what was done to it; `everyone`, for administrators, is all there is."""
        ...


class AccountAudit(AuditTrail, Protocol):
    """The trail in the unit of work of an account."""

    async def forget_address(self, email: str) -> None:
        """Take an address out of the lines that tell of its invitations: they are in nobody's trail."""
        ...
