"""A new password: by the old one, or by a link in a mail. Either ends every other session."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from jobyard.domain.audit import AuditAction, AuditEntry, Target
from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.user import Caller, User, Viewer, fold_email, password_problem
from jobyard.ports import AccountUnit, FoundToken, TokenPurpose
from jobyard.services.email_addresses import folded
from jobyard.services.mail_room import MailRoom
from jobyard.services.password_gate import PasswordGate
from jobyard.services.verification import BAD_LINK


@dataclass(frozen=True, slots=True)
class Passwords:
    """What is slow (bcrypt) lies between two transactions."""

    unit: AccountUnit
    gate: PasswordGate
    common_passwords: frozenset[str]
    mail_room: MailRoom
    forget_user: Callable[[UUID], None]
    """Tells this process at once that a user's sessions have ended."""

    async def change(self, viewer: Viewer, current: str, new: str) -> None:
        """Set a new one; every session but the viewer's ends. Raises Invalid, TooMany."""
        account = await self.gate.confirm(viewer, current, "/current_password")
        self._check(new, account.user)
        if new == current:
            raise Invalid([FieldError("/new_password", "must not be the password that you have")])
        new_hash = await self.gate.hasher.hash(new)
        async with self.unit() as work:
            now = await work.users.hold(viewer.key)
            if now is None or now.password_hash != account.password_hash:  # it was changed meanwhile
                raise Invalid([FieldError("/current_password", "is not your password")])
            await work.users.set_password_hash(viewer.key, new_hash)
            ended = await work.sessions.revoke_all(viewer.key, viewer.session_id)
            await work.tokens.drop(TokenPurpose.RESET, viewer.key)
            target = Target("user", viewer.id)
            entry = AuditEntry.by(viewer, AuditAction.PASSWORD_CHANGED, target, {"sessions_ended": ended})
            await work.audit.record(entry)
            await work.commit()
        self.forget_user(viewer.id)

    async def forgot(self, email: str, caller: Caller) -> None:
        """Send a link to whoever has this address; nothing tells whether anybody has. Raises NotFound, TooMany."""
        self.mail_room.require()
        await self.mail_room.count(caller)
        self.mail_room.post(TokenPurpose.RESET, folded(email), caller)

    async def reset(self, token: str, new: str, caller: Caller) -> None:
        """Set a new one by a link's token; all sessions end. Raises NotFound, Invalid."""
        self.mail_room.require()
        digest = self.mail_room.links.digest(token)
        async with self.unit() as work:
            user = _good(await work.tokens.find(TokenPurpose.RESET, digest))
        self._check(new, user)
        new_hash = await self.gate.hasher.hash(new)
        async with self.unit() as work:
            # The user first, and its tokens then, as in `change`: two that come at once take turns.
            await work.users.hold(user.key)
            found = await work.tokens.use(TokenPurpose.RESET, digest)
            user = _good(found)
            await work.users.set_password_hash(user.key, new_hash)
            await work.users.verify_email(user.key, fold_email(user.email))  # the link came by that address's mail
            ended = await work.sessions.revoke_all(user.key)
            await work.tokens.drop(TokenPurpose.RESET, user.key)
            await self.gate.take_back(work, fold_email(user.email), caller)
            target = Target("user", user.id)
            entry = AuditEntry.of(user, AuditAction.PASSWORD_RESET, caller, target, {"sessions_ended": ended})
            await work.audit.record(entry)
            await work.commit()
        self.forget_user(user.id)

    def _check(self, new: str, user: User) -> None:
        problem = password_problem(new, user.email, self.common_passwords)
        if problem:
            raise Invalid([FieldError("/new_password", problem)])


def _good(found: FoundToken | None) -> User:
    """The user of a token that is good, for the address that the user has."""
    if found is None or found.user is None or fold_email(found.user.email) != found.email_folded:
        raise Invalid([FieldError("/token", BAD_LINK)])
    return found.user
