"""Links by mail: to a user, good once and for a while, and sent after the answer, which tells nothing by its time."""

from dataclasses import dataclass

import structlog

from jobyard.domain.audit import ANONYMOUS, AuditAction, AuditEntry, Target
from jobyard.domain.errors import NotFound
from jobyard.domain.user import Caller, User
from jobyard.ports import AccountUnit, AccountWork, LinkTokens, Mail, Mailer, NewToken, TokenPurpose
from jobyard.services.account_rules import AccountRules
from jobyard.services.background import Background
from jobyard.services.throttling import count_key, network, refuse_if

# No mail names the user: whoever signs up with another's address would choose what is written to it.
RESET = """Somebody asked for a new password for your account at {site}. If it was you, open this link:

{link}

It is good once, for {hours}. If it was not you, do nothing: your password stays as it is.
"""
VERIFY = """Somebody signed up at {site} with this address. If it was you, open this link to confirm it:

{link}

It is good once, for {hours}. If it was not you, do nothing: the address stays unconfirmed.
"""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailRoom:
    """Makes tokens, and sends them as links into the page: behind the `#`, so that no server and no log sees them."""

    unit: AccountUnit
    rules: AccountRules
    links: LinkTokens
    mailer: Mailer
    background: Background
    site: str
    """The page's origin."""

    def require(self) -> None:
        """Raise NotFound where the operator has set no mail server."""
        if not self.rules.sends_mail:
            raise NotFound("This server sends no mail: ask its operator.")

    async def count(self, caller: Caller) -> None:
        """Count a call that makes us send mail, whether it does or not. Raises TooMany."""
        throttle = self.rules.mails_per_address
        async with self.unit() as work:
            key = count_key("mail", network(caller.address))
            wait = await work.throttles.hit(key, throttle.limit, throttle.window_seconds)
            await work.commit()
        refuse_if("mails asked for from your address", throttle, wait)

    def post(self, purpose: TokenPurpose, email_folded: str, caller: Caller) -> None:
        """Send a link to whoever has this address, if anybody. Raises Unavailable where too much is under way."""

        async def send() -> None:
            user, token = await self._make(purpose, email_folded, caller)
            if user is not None:
                await self.mailer.send(self._write(purpose, user, token))

        self.background.start(f"mail a link: {purpose}", send)

    async def _make(self, purpose: TokenPurpose, email_folded: str, caller: Caller) -> tuple[User | None, str]:
        token = self.links.new()
        async with self.unit() as work:
            account = await work.users.by_email(email_folded)
            if account is None or account.user.disabled:
                return None, token
            if await self._is_too_much(work, purpose, account.user):
                await work.commit()
                return None, token
            seconds = self.rules.reset_seconds if purpose is TokenPurpose.RESET else self.rules.verify_seconds
            user, digest = account.user, self.links.digest(token)
            await work.tokens.add(NewToken(purpose, digest, user, user.email, email_folded, seconds))
            if purpose is TokenPurpose.RESET:
                target = Target("user", user.id)
                entry = AuditEntry(AuditAction.PASSWORD_RESET_ASKED, user.key, ANONYMOUS, target, caller)
                await work.audit.record(entry)
            await work.commit()
        return user, token

    async def _is_too_much(self, work: AccountWork, purpose: TokenPurpose, user: User) -> bool:
        """Somebody fills this user's mailbox: what is sent has links enough."""
        throttle, key = self.rules.mails_per_account, count_key("mail to", purpose, str(user.id))
        if await work.throttles.hit(key, throttle.limit, throttle.window_seconds) is None:
            return False
        _log.warning("a mail was not sent: there were enough to this user", user_id=str(user.id), purpose=purpose)
        return True

    def _write(self, purpose: TokenPurpose, user: User, token: str) -> Mail:
        if purpose is TokenPurpose.RESET:
            page, text, subject, seconds = "reset-password", RESET, "A new password", self.rules.reset_seconds
        else:
            page, text, subject, seconds = "verify-email", VERIFY, "Confirm your address", self.rules.verify_seconds
        link, hours = f"{self.site}/app/{page}#token={token}", round(seconds / 3600)
        spelled = "an hour" if hours == 1 else f"{hours} hours"
        return Mail(user.email, f"{subject} ({self.site})", text.format(site=self.site, link=link, hours=spelled))
