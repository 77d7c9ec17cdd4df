"""What an API key looks like: `jy_`, 256 bits in 43 characters, and a checksum in six.

The beginning lets scanners find a key that somebody published; the checksum tells them, and us, that it is one, without
a look into the database.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zlib import crc32

from jobyard.domain.user import Scope

PREFIX = "jy_"
SECRET_BYTES = 32
HINT_CHARACTERS = 8
"""What is kept in the clear, so that its owner can tell which key it is: 30 of 256 bits."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_CHARACTERS = 43
_CHECK_CHARACTERS = 6
_KEY = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET_CHARACTERS + _CHECK_CHARACTERS}}}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its owner sees it. `hint` is its beginning; `last_used_at` is right to a minute."""

    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def api_key_of(random: bytes) -> str:
    """The key of 32 random bytes."""
    if len(random) != SECRET_BYTES:
        raise ValueError(f"an API key has {SECRET_BYTES} random bytes, not {len(random)}")
    begin = PREFIX + _base62(int.from_bytes(random, "big"), _SECRET_CHARACTERS)
    return begin + _check(begin)


def is_api_key(text: str) -> bool:
    """Whether it can be one of ours: of the right form, with the right checksum."""
    return _KEY.fullmatch(text) is not None and _check(text[:-_CHECK_CHARACTERS]) == text[-_CHECK_CHARACTERS:]


def digest_of(key: str) -> bytes:
    """What is stored of it: 256 bits of randomness need no salt and no slow hash."""
    return hashlib.sha256(key.encode()).digest()


def hint_of(key: str) -> str:
    """Its beginning, to be told by."""
    return key[:HINT_CHARACTERS]


def in_order(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Scopes without repeats, always in the same order."""
    given = set(scopes)
    return tuple(scope for scope in Scope if scope in given)


def _check(begin: str) -> str:
    return _base62(crc32(begin.encode()), _CHECK_CHARACTERS)


def _base62(number: int, characters: int) -> str:
    digits = ""
    for _ in range(characters):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
