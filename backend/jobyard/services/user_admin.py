"""What administrators do with users: role, disabling, weight. There is always an administrator left."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from jobyard.domain.audit import SYSTEM, AuditAction, AuditEntry, Target
from jobyard.domain.errors import Conflict, FieldError, Invalid, JobyardError, NotFound
from jobyard.domain.user import Role, Viewer
from jobyard.ports import AccountUnit, AccountWork, HeldJobs, ManagedUser, UserChange

LEAST_WEIGHT, MOST_WEIGHT = 1, 100

_log = structlog.get_logger(__name__)


def _forget_nobody(_: UUID) -> None:
    """Where no request is served nobody is remembered."""


@dataclass(frozen=True, slots=True)
class UserControl:
    """The decisions. `held_jobs` is None where the worker that leads does all of it: at the command line."""

    unit: AccountUnit
    held_jobs: HeldJobs | None = None
    forget_user: Callable[[UUID], None] = field(default=_forget_nobody)
    """Tells this process at once that something about a user has changed."""

    async def change(self, viewer: Viewer | None, user_id: UUID, change: UserChange) -> ManagedUser:
        """Change a user, for an administrator or for the operator (None). Raises NotFound, Conflict, Invalid."""
        if change.weight is not None and not LEAST_WEIGHT <= change.weight <= MOST_WEIGHT:
            rule = f"must be from {LEAST_WEIGHT} to {MOST_WEIGHT}, not {change.weight}"
            raise Invalid([FieldError("/weight", rule)])
        async with self.unit() as work:
            now, changed = await self._apply(work, viewer, user_id, change)
            await work.commit()
        if changed.role is not None or changed.disabled is not None:
            self.forget_user(user_id)
        if changed.disabled is not None and self.held_jobs is not None:
            try:
                await self.held_jobs.begin(now.user.key)
            except JobyardError as error:  # it is decided, and will be done
                _log.warning("jobs of a user are held, or come back, a little later", error=error.detail)
        return now

    async def _apply(
        self, work: AccountWork, viewer: Viewer | None, user_id: UUID, change: UserChange
    ) -> tuple[ManagedUser, UserChange]:
        """The user as it is from now on, and what of the change was one."""
        found = await work.users.get(user_id)
        if found is None:
            raise NotFound(f"There is no user {user_id}.")
        # Before the user's row is locked, and in this order everywhere: it waits for who else makes administrators.
        last = (change.role is not None or change.disabled is not None) and await work.users.is_last_admin(found.key)
        before = await work.user_admin.hold(user_id)
        if before is None:
            raise NotFound(f"There is no user {user_id}.")
        real = UserChange(
            role=change.role if change.role != before.user.role else None,
            disabled=change.disabled if change.disabled != before.user.disabled else None,
            weight=change.weight if change.weight != before.weight else None,
        )
        if last and (real.role is Role.USER or real.disabled):
            done = "disabled" if real.disabled else "demoted"
            raise Conflict(f"{before.user.email} is the last administrator and cannot be {done}.")
        if real == UserChange():
            return before, real
        if real.disabled:
            await work.sessions.revoke_all(before.user.key)
        for action, detail in _told(before, real):
            await work.audit.record(_entry(viewer, action, before, detail))
        return await work.user_admin.change(before.user.key, real), real


def _told(before: ManagedUser, change: UserChange) -> list[tuple[AuditAction, dict[str, object]]]:
    told: list[tuple[AuditAction, dict[str, object]]] = []
    if change.role is not None:
        told.append((AuditAction.ROLE_CHANGED, {"from": before.user.role.value, "to": change.role.value}))
    if change.disabled is not None:
        told.append((AuditAction.USER_DISABLED if change.disabled else AuditAction.USER_ENABLED, {}))
    if change.weight is not None:
        told.append((AuditAction.WEIGHT_CHANGED, {"from": before.weight, "to": change.weight}))
    return told


def _entry(viewer: Viewer | None, action: AuditAction, user: ManagedUser, detail: dict[str, object]) -> AuditEntry:
    target = Target("user", user.user.id)
    if viewer is None:
        return AuditEntry(action, user.user.key, SYSTEM, target, detail=detail)
    return AuditEntry.by(viewer, action, target, detail, owner=user.user.key)
