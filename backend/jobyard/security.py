"""Keys, passwords and tokens. Knows no storage and no HTTP: it makes secrets and tells good ones from bad ones."""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar
from uuid import UUID, uuid4

import anyio
import anyio.to_thread
import bcrypt
import jwt

from jobyard.domain.errors import Unauthenticated, Unavailable
from jobyard.domain.user import PASSWORD_MAX_BYTES

T = TypeVar("T")

BCRYPT_COST = 12
ACCESS_TOKEN_SECONDS = 15 * 60
AUDIENCE = "jobyard"
CLOCK_LEEWAY_SECONDS = 5
_TAG_BYTES = 16


def derive_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF-SHA256, RFC 5869, one block): a leak of one tells nothing of another."""
    extracted = hmac.digest(b"jobyard", secret.encode(), "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")


# Passwords ----------------------------------------------------------------------------------------------------------
@cache
def common_passwords() -> frozenset[str]:
    """Commonest passwords, in lower case: those that are long enough to be taken (source: data/README.md)."""
    text = (files("jobyard") / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split("\n")) - {""}


class BcryptHasher:
    """bcrypt in threads, two at a time: at cost 12 one takes a third of a second, and the loop goes on."""

    def __init__(self, cost: int = BCRYPT_COST, *, at_once: int = 2, waiting: int = 100) -> None:
        self._cost = cost
        self._limiter = anyio.CapacityLimiter(at_once)
        self._waiting = waiting
        self._at_once = at_once
        self._dummy: bytes | None = None

    async def hash(self, password: str) -> str:
        """Hash a new password. Raises Unavailable where too many wait."""
        return (await self._run(lambda: bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._cost)))).decode()

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password. For None, or a password that none can have, it takes as long and says no."""
        given = password.encode()
        possible = password_hash is not None and len(given) <= PASSWORD_MAX_BYTES

        def check() -> bool:
            dummy = self._dummy_hash()  # always: the first use makes it, and must not tell by its time which it was
            wanted = password_hash.encode() if possible and password_hash is not None else dummy
            return bcrypt.checkpw(given[:PASSWORD_MAX_BYTES], wanted) and possible

        return await self._run(check)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made at another cost than new ones are."""
        return password_hash.split("$")[2] != f"{self._cost:02d}"

    def _dummy_hash(self) -> bytes:
        if self._dummy is None:
            self._dummy = bcrypt.hashpw(secrets.token_bytes(16).hex().encode(), bcrypt.gensalt(self._cost))
        return self._dummy

    async def _run(self, work: Callable[[], T]) -> T:
        waiting = self._limiter.statistics().tasks_waiting
        if waiting >= self._waiting:
            raise Unavailable("Too many people are signing in at this moment; try again shortly.", 5.0)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


# Access tokens ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a good access token says. `expires_at` is seconds since 1970."""

    user_id: UUID
    session_id: UUID
    expires_at: float


class AccessTokens:
    """JWT, HS256 and nothing else. The first secret signs; all of them are accepted, told apart by `kid`."""

    _ALGORITHM = "HS256"
    _CLAIMS = ("iss", "aud", "sub", "iat", "exp", "jti", "sid")

    def __init__(
        self,
        all_secrets: Sequence[str],
        issuer: str,
        *,
        lifetime_seconds: int = ACCESS_TOKEN_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        keys = [derive_key(secret, "access token") for secret in all_secrets]
        self._keys = {hashlib.sha256(key).hexdigest()[:16]: key for key in keys}
        self._signing_kid = next(iter(self._keys))
        self._issuer = issuer
        self._lifetime_seconds = lifetime_seconds
        self._clock = clock

    @property
    def lifetime_seconds(self) -> int:
        return self._lifetime_seconds

    def issue(self, user_id: UUID, session_id: UUID) -> str:
        """A signed token for this user's session."""
        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "iat": now,
            "exp": now + self._lifetime_seconds,
            "jti": str(uuid4()),
            "sid": str(session_id),
        }
        key = self._keys[self._signing_kid]
        return jwt.encode(  # pyright: ignore[reportUnknownMemberType] - of its optional cryptography
            claims, key, algorithm=self._ALGORITHM, headers={"kid": self._signing_kid}
        )

    def read(self, token: str) -> AccessClaims:
        """Check a token. Raises Unauthenticated, saying no more than whether it ran out."""
        try:
            key = self._keys[str(jwt.get_unverified_header(token).get("kid"))]
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                token,
                key,
                algorithms=[self._ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": list(self._CLAIMS), "verify_exp": False, "verify_iat": False},
            )
            now = self._clock()
            if float(claims["iat"]) > now + CLOCK_LEEWAY_SECONDS:
                raise Unauthenticated("The access token is not valid.")
            read = AccessClaims(UUID(claims["sub"]), UUID(claims["sid"]), float(claims["exp"]))
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise Unauthenticated("The access token is not valid.") from error
        if read.expires_at <= now:
            raise Unauthenticated("The access token has run out.")
        return read


# Refresh tokens -----------------------------------------------------------------------------------------------------
class HmacRefreshTokens:
    """Opaque tokens: session id, 32 bytes of secret, and a tag.

    The first secret is random; the next is an HMAC of the token before, so that it can be told again to whoever lost
    the answer, without being kept. The tag says that a token was made here: only such a one, presented out of turn,
    ends a session. (A session's id is no secret: without the tag anybody could sign its owner out.)
    """

    def __init__(self, all_secrets: Sequence[str]) -> None:
        """The first secret makes new tokens; those of all of them are read."""
        self._keys = [
            (derive_key(secret, "refresh token successor"), derive_key(secret, "refresh token tag"))
            for secret in all_secrets
        ]

    def first(self, session_id: UUID) -> str:
        """A new session's first token."""
        _, tag_key = self._keys[0]
        return _seal(session_id.bytes + secrets.token_bytes(32), tag_key)

    def session_of(self, token: str) -> UUID | None:
        """The session of a token that was made here, or None for anything else."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (Base64Error, ValueError):
            return None
        body, tag = raw[:48], raw[48:]
        # Decoding passes over characters that do not belong: only the one spelling that was given out is good.
        if len(raw) != 48 + _TAG_BYTES or _encode(raw) != token:
            return None
        made_here = [hmac.compare_digest(tag, _tag(body, tag_key)) for _, tag_key in self._keys]
        return UUID(bytes=body[:16]) if any(made_here) else None

    def successors(self, token: str) -> list[str]:
        """What may follow it, by each secret. The first is what a new one is.

        The others are for the seconds after a change of the secret: whoever lost the answer gets the same successor
        from a process that signs by another secret than the one that answered.
        """
        session_id = self.session_of(token)
        if session_id is None:
            raise ValueError("not a token of ours")
        return [
            _seal(session_id.bytes + hmac.digest(next_key, token.encode(), "sha256"), tag_key)
            for next_key, tag_key in self._keys
        ]

    def digest(self, token: str) -> bytes:
        """What is stored of it: 256 bits of randomness need no salt and no slow hash."""
        return hashlib.sha256(token.encode()).digest()


class RandomLinkTokens:
    """Tokens of links and invitations: 32 random bytes. They need no key, so a new secret spoils none of them."""

    def new(self) -> str:
        """Nobody guesses it."""
        return secrets.token_urlsafe(32)

    def digest(self, token: str) -> bytes:
        """What is stored of it: 256 bits of randomness need no salt and no slow hash."""
        return hashlib.sha256(token.encode()).digest()


def _seal(body: bytes, tag_key: bytes) -> str:
    return _encode(body + _tag(body, tag_key))


def _tag(body: bytes, tag_key: bytes) -> bytes:
    return hmac.digest(tag_key, body, "sha256")[:_TAG_BYTES]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
