"""Sign up, sign in, stay signed in, sign out."""

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from email_validator import EmailNotValidError, validate_email

from jobyard.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from jobyard.domain.user import (
    EMAIL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    Caller,
    User,
    Viewer,
    fold_email,
    password_problem,
)
from jobyard.ports import (
    AccessTokenIssuer,
    AccountUnit,
    AccountWork,
    NewSession,
    NewUser,
    PasswordHasher,
    RefreshTokens,
    Session,
)

WRONG_CREDENTIALS = "The email or the password is wrong."
SESSION_ENDED = "This session has ended: sign in again."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `limit` in a window of `window_seconds`, which begins with the first."""

    limit: int
    window_seconds: float


@dataclass(frozen=True, slots=True)
class AccountRules:
    """What an operator may set. `signup` is `open`, `closed` or `domain:example.org`."""

    signup: str
    signup_per_address: Throttle = Throttle(300, 3600)
    failures_per_account: Throttle = Throttle(10, 900)
    """Per pair of account and address, so that nobody is locked out from elsewhere."""
    failures_per_address: Throttle = Throttle(100, 900)
    idle_seconds: float = 30 * 86_400.0
    longest_seconds: float = 90 * 86_400.0
    grace_seconds: float = 10.0
    """How long a token that was just rotated still gets its successor: two tabs, a reload, a lost answer."""
    sessions_per_user: int = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with fresh credentials. `refresh_token` goes into the cookie and nowhere else."""

    user: User
    access_token: str
    expires_in: int
    refresh_token: str
    session_lifetime_seconds: float


@dataclass(frozen=True, slots=True)
class Accounts:
    """Each method is one decision in one or two transactions; what is slow (bcrypt) lies between them."""

    unit: AccountUnit
    rules: AccountRules
    hasher: PasswordHasher
    access_tokens: AccessTokenIssuer
    refresh_tokens: RefreshTokens
    common_passwords: frozenset[str]
    new_id: Callable[[], UUID]
    forget_session: Callable[[UUID], None]
    """Tells this process at once that a session has ended."""

    async def sign_up(self, email: str, password: str, name: str | None, caller: Caller) -> SignedIn:
        """Make an account and sign it in. Raises Forbidden, Invalid, TooMany, Conflict."""
        if self.rules.signup == "closed":
            raise Forbidden("Sign-up is closed on this server: ask its operator for an account.")
        email, name = self._check_new(email, password, name)
        self._check_domain(email)
        folded = fold_email(email)
        async with self.unit() as work:
            key, throttle = _key("signup", _network(caller.address)), self.rules.signup_per_address
            wait = await work.throttles.hit(key, throttle.limit, throttle.window_seconds)
            taken = await work.users.by_email(folded) is not None
            await work.commit()
        _refuse_if("sign-ups from your address", throttle, wait)
        if taken:
            raise Conflict(f"There is an account with the email {email}: sign in instead.")
        password_hash = await self.hasher.hash(password)
        async with self.unit() as work:
            user = await work.users.add(NewUser(self.new_id(), email, folded, name, password_hash))
            if user is None:
                raise Conflict(f"There is an account with the email {email}: sign in instead.")
            signed_in = await self._start_session(work, user, caller)
            await work.commit()
        return signed_in

    async def sign_in(self, email: str, password: str, caller: Caller) -> SignedIn:
        """Check a password and begin a session. Raises Unauthenticated, TooMany, Forbidden.

        A failure is counted before the password is checked, and taken back after: so that many guesses at once do not
        all pass while none has been found wrong.
        """
        # U+0000 is in no address, and the database would refuse to look for it, with an error.
        folded = fold_email(_normalized(email) or email[:EMAIL_MAX_CHARACTERS].replace("\0", "\ufffd"))
        network = _network(caller.address)
        pair, address = _key("login", network, folded), _key("login", network)
        async with self.unit() as work:
            per_account, per_address = self.rules.failures_per_account, self.rules.failures_per_address
            pair_wait = await work.throttles.hit(pair, per_account.limit, per_account.window_seconds)
            address_wait = None
            if pair_wait is None:  # else one who mistypes on and on would lock out all behind the same address
                address_wait = await work.throttles.hit(address, per_address.limit, per_address.window_seconds)
            account = await work.users.by_email(folded)
            await work.commit()
        _refuse_if("failed sign-ins to this account", per_account, pair_wait)
        _refuse_if("failed sign-ins from your address", per_address, address_wait)
        if not await self.hasher.verify(password, account.password_hash if account else None) or account is None:
            raise Unauthenticated(WRONG_CREDENTIALS)
        if account.user.disabled:
            raise Forbidden("This account is disabled: ask the operator of this server.")
        outdated = self.hasher.is_outdated(account.password_hash)
        new_hash = await self.hasher.hash(password) if outdated else None
        async with self.unit() as work:
            await work.throttles.forget(pair)
            await work.throttles.forgive(address)
            if new_hash is not None:
                await work.users.set_password_hash(account.user.key, new_hash)
            signed_in = await self._start_session(work, account.user, caller)
            await work.commit()
        return signed_in

    async def refresh(self, token: str | None, caller: Caller) -> SignedIn:
        """Rotate a refresh token. A token used out of turn ends its session. Raises Unauthenticated."""
        session_id = self.refresh_tokens.session_of(token) if token else None
        if token is None or session_id is None:
            raise Unauthenticated("There is no session here: sign in.")
        digest, successor = self.refresh_tokens.digest(token), self.refresh_tokens.successor(token)
        async with self.unit() as work:
            session = await work.sessions.lock(session_id)
            if session is None or not session.alive:
                raise Unauthenticated(SESSION_ENDED)
            user = await work.users.get(session.user_id)
            if user is None:
                raise Unauthenticated(SESSION_ENDED)
            if digest == session.token_hash:
                new_digest = self.refresh_tokens.digest(successor)
                await work.sessions.rotate(session_id, new_digest, caller.address, self.rules.idle_seconds)
            elif not self._is_in_grace(session, digest):
                await work.sessions.revoke(session_id)
                await work.commit()
                self.forget_session(session_id)
                _log.warning("a refresh token was used twice; its session is ended", session_id=str(session_id))
                raise Unauthenticated(SESSION_ENDED)
            await work.commit()
        return self._signed_in(user, session_id, successor)

    async def sign_out(self, token: str | None) -> None:
        """End the session of a refresh token, also of one that was just rotated away. Does nothing without one."""
        session_id = self.refresh_tokens.session_of(token) if token else None
        if session_id is None:
            return
        async with self.unit() as work:
            await work.sessions.revoke(session_id)
            await work.commit()
        self.forget_session(session_id)

    async def me(self, viewer: Viewer) -> User:
        """The viewer's account."""
        async with self.unit() as work:
            user = await work.users.get(viewer.id)
        if user is None:
            raise NotFound("This account is gone.")
        return user

    async def rename(self, viewer: Viewer, name: str) -> User:
        """Change the viewer's name. Raises Invalid."""
        problem = _name_problem(name)
        if problem:
            raise Invalid([FieldError("/name", problem)])
        async with self.unit() as work:
            user = await work.users.rename(viewer, name.strip())
            await work.commit()
        if user is None:
            raise NotFound("This account is gone.")
        return user

    def _check_new(self, email: str, password: str, name: str | None) -> tuple[str, str]:
        errors: list[FieldError] = []
        normalized = _normalized(email)
        if normalized is None:
            errors.append(FieldError("/email", "is not an email address"))
        elif len(normalized) > EMAIL_MAX_CHARACTERS:
            errors.append(FieldError("/email", f"must have at most {EMAIL_MAX_CHARACTERS} characters"))
        problem = password_problem(password, normalized or email, self.common_passwords)
        if problem:
            errors.append(FieldError("/password", problem))
        name_problem = _name_problem(name) if name is not None else None
        if name_problem:
            errors.append(FieldError("/name", name_problem))
        if errors or normalized is None:
            raise Invalid(errors)
        return normalized, (name or normalized.partition("@")[0]).strip()[:NAME_MAX_CHARACTERS]

    def _check_domain(self, email: str) -> None:
        wanted = self.rules.signup.partition(":")[2]
        if wanted and email.rpartition("@")[2].casefold() != wanted.strip().casefold():
            raise Forbidden(f"Sign-up on this server is for addresses at {wanted} alone.")

    def _is_in_grace(self, session: Session, digest: bytes) -> bool:
        return digest == session.previous_hash and session.rotated_ago < self.rules.grace_seconds

    async def _start_session(self, work: AccountWork, user: User, caller: Caller) -> SignedIn:
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
        return self._signed_in(user, session_id, token)

    def _signed_in(self, user: User, session_id: UUID, refresh_token: str) -> SignedIn:
        tokens = self.access_tokens
        access_token = tokens.issue(user.id, session_id)
        return SignedIn(user, access_token, tokens.lifetime_seconds, refresh_token, self.rules.idle_seconds)


def _normalized(email: str) -> str | None:
    """The address in Unicode's composed form, its domain in lower case; None for what is no address.

    Domains that are not on the internet (`corp.local`) are good: many a Jobyard is not either.
    """
    try:
        return validate_email(
            email.strip(), check_deliverability=False, strict=True, test_environment=True, globally_deliverable=False
        ).normalized
    except EmailNotValidError:
        return None


def _name_problem(name: str) -> str | None:
    if not name.strip():
        return "must not be empty"
    if len(name.strip()) > NAME_MAX_CHARACTERS:
        return f"must have at most {NAME_MAX_CHARACTERS} characters, has {len(name.strip())}"
    return "must not contain control characters" if any(ord(character) < 32 for character in name) else None


def _network(address: str) -> str:
    """What is counted as one address: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def _key(*parts: str) -> bytes:
    """What a count is kept under: of one length, and without the address and the email in the clear."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()


def _refuse_if(what: str, throttle: Throttle, wait_seconds: float | None) -> None:
    if wait_seconds is not None:
        minutes = round(throttle.window_seconds / 60)
        raise TooMany(f"Over {throttle.limit} {what} in {minutes} minutes: wait and try again.", wait_seconds)
