"""Users, and the viewer: the user who asks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

PASSWORD_MIN_CHARACTERS = 10
PASSWORD_MAX_BYTES = 72
"""bcrypt reads no more than 72 bytes: a longer password is refused, never cut."""

EMAIL_MAX_CHARACTERS = 254
NAME_MAX_CHARACTERS = 100


class Role(StrEnum):
    """What a user may do beyond its own things."""

    USER = "user"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API key may do. Which call needs which: web/access.py."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    WORKER = "worker"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """An account. `key` is the number that jobs carry inside; `id` is what the world sees."""

    key: int
    id: UUID
    email: str
    name: str
    role: Role
    email_verified: bool
    created_at: datetime
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from."""

    address: str
    device: str = ""
    request_id: str = ""


NOWHERE = Caller("")
"""No request: a command line, a test."""


@dataclass(frozen=True, slots=True)
class UsedKey:
    """The API key that a viewer came with."""

    id: UUID
    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and by what right. Every query of a user's things takes one.

    It has a `session_id` or an `api_key`. With a key that has no scope `admin` nobody is an administrator.
    """

    key: int
    id: UUID
    role: Role
    session_id: UUID | None = None
    email_verified: bool = False
    api_key: UsedKey | None = None
    caller: Caller = field(default=NOWHERE, compare=False)

    @property
    def is_admin(self) -> bool:
        """Whether the viewer is an operator."""
        return self.role is Role.ADMIN


def fold_email(email: str) -> str:
    """The form in which emails are compared: without outer space, case folded."""
    return email.strip().casefold()


def password_problem(password: str, email: str, common: frozenset[str]) -> str | None:
    """What is wrong with a new password, as a sentence that names the rule, or None.

    `common` holds the commonest passwords in lower case.
    """
    if len(password) < PASSWORD_MIN_CHARACTERS:
        return f"must have at least {PASSWORD_MIN_CHARACTERS} characters, has {len(password)}"
    size = len(password.encode())
    if size > PASSWORD_MAX_BYTES:
        return f"must have at most {PASSWORD_MAX_BYTES} bytes in UTF-8, has {size}"
    if "\0" in password:
        return "must not contain the character U+0000"
    if password.casefold() == fold_email(email):
        return "must not be the email address"
    if password.casefold() in common:
        return "is among the commonest passwords: choose another"
    return None
