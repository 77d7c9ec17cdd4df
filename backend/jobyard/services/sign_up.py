"""Sign-up."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from jobyard.domain.audit import AuditAction
from jobyard.domain.errors import Conflict, FieldError, Forbidden, Invalid
from jobyard.domain.names import clean_name, name_problem
from jobyard.domain.user import (
    EMAIL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    Caller,
    fold_email,
    password_problem,
)
from jobyard.ports import AccountUnit, NewUser, PasswordHasher
from jobyard.services.account_rules import AccountRules, SignUpMode
from jobyard.services.email_addresses import normalized
from jobyard.services.invitations import BAD_INVITATION, Invitations
from jobyard.services.sessions import SignedIn, UserSessions
from jobyard.services.throttling import count_key, network, refuse_if
from jobyard.services.verification import Verification


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What somebody who signs up sends."""

    email: str
    password: str
    name: str | None = None
    invitation: str | None = None


@dataclass(frozen=True, slots=True)
class SignUp:
    """What is slow (bcrypt) lies between two transactions."""

    unit: AccountUnit
    rules: AccountRules
    hasher: PasswordHasher
    common_passwords: frozenset[str]
    new_id: Callable[[], UUID]
    invitations: Invitations
    sessions: UserSessions
    verification: Verification

    async def sign_up(self, given: NewAccount, caller: Caller) -> SignedIn:
        """Make an account and sign it in. Raises Forbidden, Invalid, TooMany, Conflict."""
        if self.rules.mode is SignUpMode.CLOSED:
            raise Forbidden("Sign-up is closed on this server: ask its operator for an account.")
        email, name = self._check(given)
        folded = fold_email(email)
        await self._admit(given, email, folded, caller)
        password_hash = await self.hasher.hash(given.password)
        async with self.unit() as work:
            if given.invitation is not None and not await self.invitations.use(work, given.invitation, folded):
                raise Forbidden(BAD_INVITATION)
            user = await work.users.add(NewUser(self.new_id(), email, folded, name, password_hash))
            if user is None:
                raise Conflict(_taken(email))
            signed_in = await self.sessions.start(work, user, caller, AuditAction.SIGNED_UP)
            await work.commit()
        if self.rules.sends_mail:
            self.verification.post(user, caller)
        return signed_in

    async def _admit(self, given: NewAccount, email: str, folded: str, caller: Caller) -> None:
        """Whether this address may sign up, from there, now. An invitation stands for the domain."""
        domain = self.rules.domain
        if given.invitation is None and self.rules.mode is SignUpMode.INVITE:
            raise Forbidden("Sign-up on this server needs an invitation: ask its operator for one.")
        if given.invitation is None and domain is not None and email.rpartition("@")[2].casefold() != domain:
            raise Forbidden(f"Sign-up on this server is for addresses at {domain} alone.")
        key, throttle = count_key("signup", network(caller.address)), self.rules.signup_per_address
        async with self.unit() as work:
            wait = await work.throttles.hit(key, throttle.limit, throttle.window_seconds)
            invited = given.invitation is None or await self.invitations.is_good(work, given.invitation, folded)
            taken = await work.users.by_email(folded) is not None
            await work.commit()
        refuse_if("sign-ups from your address", throttle, wait)
        if not invited:
            raise Forbidden(BAD_INVITATION)
        if taken:
            raise Conflict(_taken(email))

    def _check(self, given: NewAccount) -> tuple[str, str]:
        errors: list[FieldError] = []
        email = normalized(given.email)
        if email is None:
            errors.append(FieldError("/email", "is not an email address"))
        elif len(email) > EMAIL_MAX_CHARACTERS:
            errors.append(FieldError("/email", f"must have at most {EMAIL_MAX_CHARACTERS} characters"))
        problem = password_problem(given.password, email or given.email, self.common_passwords)
        if problem:
            errors.append(FieldError("/password", problem))
        problem = name_problem(given.name) if given.name is not None else None
        if problem:
            errors.append(FieldError("/name", problem))
        if errors or email is None:
            raise Invalid(errors)
        return email, clean_name(given.name or _name_from(email))[:NAME_MAX_CHARACTERS]


def _name_from(email: str) -> str:
    local = email.partition("@")[0]
    return local if name_problem(local) is None else "User"


def _taken(email: str) -> str:
    return f"There is an account with the email {email}: sign in instead."
