"""Sign-in."""

from dataclasses import dataclass

import structlog

from jobyard.domain.audit import ANONYMOUS, AuditAction, AuditEntry, Target
from jobyard.domain.errors import Forbidden, Unauthenticated, Unavailable
from jobyard.domain.user import Caller, User
from jobyard.ports import AccountUnit
from jobyard.services.background import Background
from jobyard.services.email_addresses import folded
from jobyard.services.password_gate import PasswordGate
from jobyard.services.sessions import SignedIn, UserSessions

WRONG_CREDENTIALS = "The email or the password is wrong."
DISABLED = "This account is disabled: ask the operator of this server."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is slow (bcrypt) lies between two transactions."""

    unit: AccountUnit
    gate: PasswordGate
    sessions: UserSessions
    background: Background

    async def sign_in(self, email: str, password: str, caller: Caller) -> SignedIn:
        """Check a password and begin a session. Raises Unauthenticated, TooMany, Forbidden."""
        looked_up = folded(email)
        account, is_right = await self.gate.knows(looked_up, password, caller)
        if account is None or not is_right:
            if account is not None:
                self._note_failure(account.user, caller)
            raise Unauthenticated(WRONG_CREDENTIALS)
        if account.user.disabled:
            raise Forbidden(DISABLED)
        hasher = self.gate.hasher
        new_hash = await hasher.hash(password) if hasher.is_outdated(account.password_hash) else None
        async with self.unit() as work:
            now = await work.users.hold(account.user.key)
            # Its password was changed, or it was disabled, while this one was checked: that would outlive the change.
            if now is None or now.password_hash != account.password_hash:
                raise Unauthenticated(WRONG_CREDENTIALS)
            if now.user.disabled:
                raise Forbidden(DISABLED)
            await self.gate.take_back(work, looked_up, caller)
            if new_hash is not None:
                await work.users.set_password_hash(account.user.key, new_hash)
            signed_in = await self.sessions.start(work, now.user, caller, AuditAction.SIGNED_IN)
            await work.commit()
        return signed_in

    def _note_failure(self, user: User, caller: Caller) -> None:
        """After the answer: else its time would tell that there is such an account."""
        target = Target("user", user.id)
        entry = AuditEntry(AuditAction.SIGN_IN_FAILED, user.key, ANONYMOUS, target, caller)

        async def record() -> None:
            async with self.unit() as work:
                await work.audit.record(entry)
                await work.commit()

        try:
            self.background.start("note a failed sign-in", record)
        except Unavailable:
            _log.warning("a failed sign-in is not in the audit trail: too much at once", user_id=str(user.id))
