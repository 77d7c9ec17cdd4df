"""Accounts, sessions, throttles, and what checks passwords and tokens."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.user import User, Viewer
from jobyard.ports.account_tokens import AccountTokens
from jobyard.ports.audit import AccountAudit
from jobyard.ports.keys import ApiKeys
from jobyard.ports.user_admin import UserAdmin


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user about to be stored. `email` is as it was typed, `email_folded` as it is compared."""

    id: UUID
    email: str
    email_folded: str
    name: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Account:
    """A user together with the secret that only sign-in may see."""

    user: User
    password_hash: str


class Users(Protocol):
    """Accounts, in the unit of work that it belongs to."""

    async def add(self, user: NewUser) -> User | None:
        """Store a new user; None where the address is taken."""
        ...

    async def by_email(self, email_folded: str) -> Account | None:
        """The account with this address."""
        ...

    async def get(self, user_id: UUID) -> User | None:
        """The user with this id."""
        ...

    async def hold(self, key: int) -> Account | None:
        """The account, locked until the unit of work ends: nobody changes its password, role or state meanwhile."""
        ...

    async def rename(self, viewer: Viewer, name: str) -> User | None:
        """Change the viewer's own name."""
        ...

    async def set_password_hash(self, key: int, password_hash: str) -> None:
        """Keep a hash of the same password at another cost, or of a new one."""
        ...

    async def verify_email(self, key: int, email_folded: str) -> User | None:
        """Whoever reads this user's mail is this user; None where the address is not the user's (any more)."""
        ...

    async def is_last_admin(self, key: int) -> bool:
        """Whether no other user could administrate. Until the unit of work ends nobody becomes or ceases to be one."""
        ...

    async def depart(self, key: int) -> None:
        """The user leaves: its name, address and password are gone, and what is left is for `Departures`."""
        ...


@dataclass(frozen=True, slots=True)
class NewSession:
    """A sign-in about to be stored. Only hashes of its refresh tokens are kept."""

    id: UUID
    user_key: int
    token_hash: bytes
    device: str
    address: str
    idle_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in, locked. `rotated_ago` is seconds since its token changed last, by the database's clock."""

    id: UUID
    user_id: UUID
    token_hash: bytes
    previous_hash: bytes | None
    rotated_ago: float
    alive: bool
    """Neither revoked nor over its time, and its user is not disabled."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A sign-in as its user sees it. `used_at`: its last refresh, so up to 15 minutes before its last call."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    used_at: datetime


class Sessions(Protocol):
    """Sign-ins, in the unit of work that it belongs to."""

    async def start(self, session: NewSession, keep: int) -> None:
        """Store a sign-in, and forget this user's oldest beyond `keep`."""
        ...

    async def lock(self, session_id: UUID) -> Session | None:
        """A sign-in, locked until the unit of work ends."""
        ...

    async def rotate(self, session_id: UUID, token_hash: bytes, address: str, idle_seconds: float) -> None:
        """The token becomes the previous one, and the session lives on for `idle_seconds` (not over its longest)."""
        ...

    async def revoke(self, session_id: UUID) -> User | None:
        """End a sign-in. Returns whose it was; None where it had ended before."""
        ...

    async def page(self, viewer: Viewer, before: UUID | None, limit: int) -> list[SessionInfo]:
        """The viewer's sessions that are alive, newest first, those made before `before`."""
        ...

    async def revoke_own(self, viewer: Viewer, session_id: UUID) -> bool:
        """End one of the viewer's; False where there is none (alive) with this id."""
        ...

    async def revoke_all(self, user_key: int, but: UUID | None = None) -> int:
        """End all of a user's, but one. Returns how many."""
        ...

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive, or None."""
        ...


class Throttles(Protocol):
    """Counts per key in a window that slides, in the unit of work that it belongs to."""

    async def hit(self, key: bytes, limit: int, window_seconds: float) -> float | None:
        """Count one. None: it is within the limit; else it is not counted, and this many seconds must pass first."""
        ...

    async def forgive(self, key: bytes) -> None:
        """Take one back."""
        ...

    async def forget(self, key: bytes) -> None:
        """Take all back."""
        ...


class AccountWork(Protocol):
    """One transaction on accounts. What is not committed is undone when it is left."""

    @property
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def throttles(self) -> Throttles: ...

    @property
    def tokens(self) -> AccountTokens: ...

    @property
    def audit(self) -> AccountAudit: ...

    @property
    def api_keys(self) -> ApiKeys: ...

    @property
    def user_admin(self) -> UserAdmin: ...

    async def commit(self) -> None:
        """Make it durable. Answer only after this."""
        ...


AccountUnit = Callable[[], AbstractAsyncContextManager[AccountWork]]


class SessionDirectory(Protocol):
    """Who stands behind a session id, asked at every request (with a short memory in between)."""

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive, or None."""
        ...


class PasswordHasher(Protocol):
    """Slow hashing, away from the event loop, a few at a time."""

    async def hash(self, password: str) -> str:
        """Hash a new password of 72 bytes at most. Raises Unavailable where too many wait."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; takes as long, and says no, for None. Raises Unavailable where too many wait."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made at another cost than new ones are."""
        ...


class AccessTokenIssuer(Protocol):
    """Makes access tokens."""

    @property
    def lifetime_seconds(self) -> int: ...

    def issue(self, user_id: UUID, session_id: UUID) -> str:
        """A signed token for this user's session."""
        ...


class LinkTokens(Protocol):
    """Makes the tokens of links and invitations."""

    def new(self) -> str:
        """Nobody guesses it."""
        ...

    def digest(self, token: str) -> bytes:
        """What is stored of it."""
        ...


class AccountData(Protocol):
    """All that is kept of a user."""

    def document(self, viewer: Viewer) -> AsyncGenerator[bytes]:
        """The viewer's, as one JSON document, in pieces. What changes while it is read may be in it twice."""
        ...


class Departures(Protocol):
    """What a user who left has left behind: jobs, history, timelines, all that names the user as its owner."""

    async def begin(self, user_key: int) -> None:
        """Cancel the first jobs, so that who has few has none a moment later. May do nothing at all."""
        ...

    async def carry_on(self) -> bool:
        """Take away the next part of what is left, of all who left. False: there is nothing more to do now."""
        ...


class RefreshTokens(Protocol):
    """Makes and reads refresh tokens; knows nothing of which are in use."""

    def first(self, session_id: UUID) -> str:
        """A new session's first token."""
        ...

    def session_of(self, token: str) -> UUID | None:
        """The session of a token that we made, or None for anything else."""
        ...

    def successors(self, token: str) -> list[str]:
        """What may follow it, one for each of the server's secrets: the same whenever it is asked.

        The first is what a new successor is. The others are what it was before the secret was changed.
        """
        ...

    def digest(self, token: str) -> bytes:
        """What is stored of it."""
        ...
