"""A user's own data: all of it handed out, and all of it taken away."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from jobyard.domain.audit import Actor, ActorKind, AuditAction, AuditEntry, Target
from jobyard.domain.errors import Conflict, FieldError, Invalid, Unavailable
from jobyard.domain.user import Caller, Viewer, fold_email
from jobyard.ports import AccountUnit, Departures
from jobyard.services.account_rules import AccountRules
from jobyard.services.password_gate import PasswordGate
from jobyard.services.throttling import count_key, refuse_if

BEGIN_SECONDS = 3.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Export and deletion of an account."""

    unit: AccountUnit
    rules: AccountRules
    gate: PasswordGate
    departures: Departures
    forget_user: Callable[[UUID], None]
    """Tells this process at once that a user is gone."""

    async def note_export(self, viewer: Viewer) -> None:
        """Count and record an export that is about to begin. Raises TooMany."""
        throttle = self.rules.exports_per_user
        async with self.unit() as work:
            key = count_key("export", str(viewer.id))
            wait = await work.throttles.hit(key, throttle.limit, throttle.window_seconds)
            if wait is None:
                target = Target("user", viewer.id)
                await work.audit.record(AuditEntry.by(viewer, AuditAction.ACCOUNT_EXPORTED, target))
            await work.commit()
        refuse_if("exports", throttle, wait)

    async def leave(self, viewer: Viewer, password: str) -> None:
        """Delete the viewer's account: nobody signs in to it from now on. Raises Invalid, Conflict, TooMany.

        Its jobs and its history go in parts: some now, the rest by the worker that leads, whatever happens here.
        """
        account = await self.gate.confirm(viewer, password, "/password")
        async with self.unit() as work:
            if await work.users.is_last_admin(viewer.key):
                raise Conflict("You are the last administrator: make another user one first.")
            now = await work.users.hold(viewer.key)
            if now is None or now.password_hash != account.password_hash:
                raise Invalid([FieldError("/password", "is not your password")])
            await work.users.depart(viewer.key)
            await work.audit.forget_address(now.user.email)
            await work.tokens.drop_invitations(fold_email(now.user.email))
            # The user's own trail goes with the user. This line is for administrators, and says no more than they need.
            await work.audit.record(
                AuditEntry(
                    AuditAction.ACCOUNT_DELETED,
                    None,
                    Actor(ActorKind.USER),
                    Target("user", viewer.id),
                    Caller("", "", viewer.caller.request_id),
                )
            )
            await work.commit()
        self.forget_user(viewer.id)
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                await self.departures.begin(viewer.key)
        except (TimeoutError, Unavailable) as error:
            _log.warning("a user who left has jobs left, for the worker that leads", error=repr(error))
