"""What travels by mail: tokens of links and invitations, and who carries them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jobyard.domain.user import User


class TokenPurpose(StrEnum):
    """What a token is good for, and for nothing else."""

    RESET = "reset"
    VERIFY = "verify"
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token about to be stored, as a hash. `user` is None for an invitation: there is none yet."""

    purpose: TokenPurpose
    token_hash: bytes
    user: User | None
    email: str
    email_folded: str
    seconds: float


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token that is good now. `user` is who has it, enabled; None for an invitation."""

    user: User | None
    email_folded: str


class AccountTokens(Protocol):
    """Tokens, in the unit of work that they belong to."""

    async def add(self, token: NewToken) -> None:
        """Store a new one. An invitation takes the place of those that the same address had."""
        ...

    async def find(self, purpose: TokenPurpose, token_hash: bytes) -> FoundToken | None:
        """The token with this hash, where it is good."""
        ...

    async def use(self, purpose: TokenPurpose, token_hash: bytes) -> FoundToken | None:
        """The same, and nobody finds it from now on: of two at once, one gets it."""
        ...

    async def drop_invitations(self, email_folded: str) -> None:
        """Those of an address: one that signed up without it has left it behind."""
        ...

    async def drop(self, purpose: TokenPurpose, user_key: int) -> None:
        """All that a user has for a purpose are good no more."""
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter to one address, in plain text."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Hands letters over to a mail server."""

    async def send(self, mail: Mail) -> None:
        """Hand it over, or log that it could not be after some tries. Takes as long as that takes."""
        ...
