"""Invitations: a token for one address, which an operator makes and hands on."""

from dataclasses import dataclass

from jobyard.domain.audit import SYSTEM, AuditAction, AuditEntry, Target
from jobyard.domain.errors import Conflict, FieldError, Invalid
from jobyard.domain.user import fold_email
from jobyard.ports import AccountUnit, AccountWork, LinkTokens, NewToken, TokenPurpose
from jobyard.services.account_rules import AccountRules
from jobyard.services.email_addresses import normalized

BAD_INVITATION = "This invitation is not good: it was used, has run out, or is for another address."


@dataclass(frozen=True, slots=True)
class Invitations:
    """Made by one side, used up by the other."""

    unit: AccountUnit
    rules: AccountRules
    links: LinkTokens

    async def invite(self, email: str) -> str:
        """A token for this address, good once; an earlier one is good no more. Raises Invalid, Conflict."""
        address = normalized(email)
        if address is None:
            raise Invalid([FieldError("/email", "is not an email address")])
        folded, token = fold_email(address), self.links.new()
        new = NewToken(TokenPurpose.INVITE, self.links.digest(token), None, address, folded, self.rules.invite_seconds)
        async with self.unit() as work:
            if await work.users.by_email(folded) is not None:
                raise Conflict(f"There is an account with the email {address} already.")
            await work.tokens.add(new)
            entry = AuditEntry(AuditAction.USER_INVITED, None, SYSTEM, Target("invitation"), detail={"email": address})
            await work.audit.record(entry)
            await work.commit()
        return token

    async def is_good(self, work: AccountWork, token: str, folded: str) -> bool:
        """Whether it is good for this address."""
        found = await work.tokens.find(TokenPurpose.INVITE, self.links.digest(token))
        return found is not None and found.email_folded == folded

    async def use(self, work: AccountWork, token: str, folded: str) -> bool:
        """The same, and it is used up once the unit of work is committed."""
        found = await work.tokens.use(TokenPurpose.INVITE, self.links.digest(token))
        return found is not None and found.email_folded == folded
