"""Sessions: begun at a sign-in, rotated at each refresh, ended by sign-out, by hand, or by a token used out of turn."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from jobyard.domain.audit import ANONYMOUS, AuditAction, AuditEntry, Target
from jobyard.domain.errors import NotFound, Unauthenticated
from jobyard.domain.user import Caller, User, Viewer
from jobyard.ports import (
    AccessTokenIssuer,
    AccountUnit,
    AccountWork,
    NewSession,
    RefreshTokens,
    Session,
)
from jobyard.services.account_rules import AccountRules

SESSION_ENDED = "This session has ended: sign in again."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with fresh credentials. `refresh_token` goes into the cookie and nowhere else."""

    user: User
    access_token: str
    expires_in: int
    refresh_token: str
    session_lifetime_seconds: float


@dataclass(frozen=True, slots=True)
class UserSessions:
    """Each method is one decision in one transaction."""

    unit: AccountUnit
    rules: AccountRules
    access_tokens: AccessTokenIssuer
    refresh_tokens: RefreshTokens
    new_id: Callable[[], UUID]
    forget: Callable[[UUID], None]
    """Tells this process at once that a session has ended."""

    async def start(self, work: AccountWork, user: User, caller: Caller, action: AuditAction) -> SignedIn:
        """Begin a session in a unit of work; the caller commits it."""
        session_id = self.new_id()
        token = self.refresh_tokens.first(session_id)
        await work.sessions.start(
            NewSession(
                id=session_id,
                user_key=user.key,
                token_hash=self.refresh_tokens.digest(token),
                device=caller.device,
                address=caller.address,
                idle_seconds=self.rules.idle_seconds,
                longest_seconds=self.rules.longest_seconds,
            ),
            self.rules.sessions_per_user,
        )
        await work.audit.record(AuditEntry.of(user, action, caller, _target(session_id)))
        return self._signed_in(user, session_id, token)

    async def refresh(self, token: str | None, caller: Caller) -> SignedIn:
        """Rotate a refresh token. A token used out of turn ends its session. Raises Unauthenticated."""
        session_id = self.refresh_tokens.session_of(token) if token else None
        if token is None or session_id is None:
            raise Unauthenticated("There is no session here: sign in.")
        async with self.unit() as work:
            session = await work.sessions.lock(session_id)
            user = await work.users.get(session.user_id) if session is not None and session.alive else None
            if session is None or user is None:
                raise Unauthenticated(SESSION_ENDED)
            successor = await self._rotate(work, session, token, caller)
            if successor is None:
                await work.sessions.revoke(session_id)
                await work.audit.record(
                    AuditEntry(AuditAction.REFRESH_REUSED, user.key, ANONYMOUS, _target(session_id), caller)
                )
            await work.commit()
        if successor is None:
            self.forget(session_id)
            _log.warning("a refresh token was used twice; its session is ended", session_id=str(session_id))
            raise Unauthenticated(SESSION_ENDED)
        return self._signed_in(user, session_id, successor)

    async def _rotate(self, work: AccountWork, session: Session, token: str, caller: Caller) -> str | None:
        """The token's successor, or None where the token comes out of turn."""
        digest, successors = self.refresh_tokens.digest(token), self.refresh_tokens.successors(token)
        if digest == session.token_hash:
            new_digest = self.refresh_tokens.digest(successors[0])
            await work.sessions.rotate(session.id, new_digest, caller.address, self.rules.idle_seconds)
            return successors[0]
        if digest != session.previous_hash or session.rotated_ago >= self.rules.grace_seconds:
            return None
        # The one that was given out, by whatever secret: right after a change of the secret it may be an older one's.
        return next((one for one in successors if self.refresh_tokens.digest(one) == session.token_hash), None)

    async def sign_out(self, token: str | None, caller: Caller) -> None:
        """End the session of a refresh token, also of one that was just rotated away. Does nothing without one."""
        session_id = self.refresh_tokens.session_of(token) if token else None
        if session_id is None:
            return
        async with self.unit() as work:
            user = await work.sessions.revoke(session_id)
            if user is not None:
                entry = AuditEntry.of(user, AuditAction.SIGNED_OUT, caller, _target(session_id))
                await work.audit.record(entry)
            await work.commit()
        self.forget(session_id)

    async def revoke(self, viewer: Viewer, session_id: UUID) -> None:
        """End one of the viewer's sessions, also the one that asks. Raises NotFound."""
        async with self.unit() as work:
            if not await work.sessions.revoke_own(viewer, session_id):
                raise NotFound("There is no session with this id: it is not yours, or it has ended.")
            await work.audit.record(AuditEntry.by(viewer, AuditAction.SESSION_REVOKED, _target(session_id)))
            await work.commit()
        self.forget(session_id)

    def _signed_in(self, user: User, session_id: UUID, refresh_token: str) -> SignedIn:
        tokens = self.access_tokens
        access_token = tokens.issue(user.id, session_id)
        return SignedIn(user, access_token, tokens.lifetime_seconds, refresh_token, self.rules.idle_seconds)


def _target(session_id: UUID) -> Target:
    return Target("session", session_id)
