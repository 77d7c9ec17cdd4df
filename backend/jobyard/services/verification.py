"""Whether an email address is the user's: a link goes there, and whoever opens it reads that mail."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from jobyard.domain.audit import AuditAction, AuditEntry, Target
from jobyard.domain.errors import Conflict, FieldError, Invalid, NotFound
from jobyard.domain.user import Caller, User, Viewer, fold_email
from jobyard.ports import AccountUnit, TokenPurpose
from jobyard.services.mail_room import MailRoom

BAD_LINK = "is not good: it was used, or has run out. Ask for another one"


@dataclass(frozen=True, slots=True)
class Verification:
    """Links to confirm an address."""

    unit: AccountUnit
    mail_room: MailRoom
    forget_user: Callable[[UUID], None]
    """Tells this process at once that something about a user has changed."""

    async def ask_again(self, viewer: Viewer) -> None:
        """Send another link to the viewer. Raises NotFound, Conflict, TooMany, Unavailable."""
        self.mail_room.require()
        async with self.unit() as work:
            user = await work.users.get(viewer.id)
        if user is None:
            raise NotFound("This account is gone.")
        if user.email_verified:
            raise Conflict("Your address is confirmed already.")
        await self.mail_room.count(viewer.caller)
        self.post(user, viewer.caller)

    def post(self, user: User, caller: Caller) -> None:
        """Send a link to a user."""
        self.mail_room.post(TokenPurpose.VERIFY, fold_email(user.email), caller)

    async def verify(self, token: str, caller: Caller) -> None:
        """Take a link's token. Raises NotFound, Invalid."""
        self.mail_room.require()
        async with self.unit() as work:
            found = await work.tokens.use(TokenPurpose.VERIFY, self.mail_room.links.digest(token))
            user = await work.users.verify_email(found.user.key, found.email_folded) if found and found.user else None
            if user is None:
                raise Invalid([FieldError("/token", BAD_LINK)])
            await work.audit.record(
                AuditEntry.of(user, AuditAction.EMAIL_VERIFIED, caller, Target("user", user.id)),
            )
            await work.commit()
        self.forget_user(user.id)
