"""What an operator may set for accounts."""

from dataclasses import dataclass
from enum import StrEnum

FIFTEEN_MINUTES = 15 * 60
HOUR = 3600
DAY = 86_400


class SignUpMode(StrEnum):
    """Who may sign up."""

    OPEN = "open"
    DOMAIN = "domain"
    INVITE = "invite"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `limit` in any `window_seconds`."""

    limit: int
    window_seconds: float


@dataclass(frozen=True, slots=True)
class AccountRules:
    """Durations are seconds. `signup` is `open`, `closed`, `invite` or `domain:example.org`."""

    signup: str
    sends_mail: bool = False
    signup_per_address: Throttle = Throttle(300, HOUR)
    failures_per_account: Throttle = Throttle(10, FIFTEEN_MINUTES)
    """Per pair of account and address, so that nobody is locked out from elsewhere."""
    failures_per_address: Throttle = Throttle(100, FIFTEEN_MINUTES)
    mails_per_address: Throttle = Throttle(20, HOUR)
    """Calls that make us send mail."""
    mails_per_account: Throttle = Throttle(5, HOUR)
    """Mails to one account, whoever asks: more go unsent, and nobody is told."""
    exports_per_user: Throttle = Throttle(5, HOUR)
    idle_seconds: float = 30.0 * DAY
    longest_seconds: float = 90.0 * DAY
    grace_seconds: float = 10.0
    """How long a token that was just rotated still gets its successor: two tabs, a reload, a lost answer."""
    sessions_per_user: int = 100
    reset_seconds: float = 1.0 * HOUR
    verify_seconds: float = 1.0 * DAY
    invite_seconds: float = 7.0 * DAY

    @property
    def mode(self) -> SignUpMode:
        """Who may sign up."""
        return SignUpMode(self.signup.partition(":")[0])

    @property
    def domain(self) -> str | None:
        """The one domain whose addresses may sign up, or None."""
        domain = self.signup.partition(":")[2].strip().casefold()
        return domain if self.mode is SignUpMode.DOMAIN else None

    @property
    def verified_only(self) -> bool:
        """Whether a user whose address is not verified may do nothing but that.

        Else anybody could claim an address of the domain. Without mail nobody can be asked: docs/operations.md.
        """
        return self.domain is not None and self.sends_mail
