"""Cursors of the live socket as clients keep them: sealed, so that they tell nothing and cannot be made up.

A place in the log of outcomes is a transaction's number and the database cluster's: clear, they would tell everybody
how busy the whole yard is. They are encrypted with a key of the server's secret, so that any node reads what another
gave. The initialization vector is the authenticator of the text itself (SIV, RFC 5297; with BLAKE2b in both places):
the same place always makes the same cursor, and nobody needs randomness or a store.
"""

import binascii
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest

from jobyard.domain.events import Cursor
from jobyard.web.live_messages import BadMessage

MAX_LENGTH = 200
_PARTS = struct.Struct(">QQQ")
_TAG_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Cursors:
    """Seals and reads. The first key seals; all of them read, so that a secret can be changed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [(_derived(key, b"tag"), _derived(key, b"pad")) for key in keys]
        self._last: tuple[Cursor, str] | None = None

    def text(self, cursor: Cursor) -> str:
        """A place as clients keep it. One place goes to many sockets: the last one is remembered."""
        last = self._last
        if last is not None and last[0] == cursor:
            return last[1]
        plain = _PARTS.pack(cursor.system, cursor.xmin, (cursor.at - _EPOCH) // _MICROSECOND)
        text = urlsafe_b64encode(_seal(plain, *self._keys[0])).decode().rstrip("=")
        self._last = (cursor, text)
        return text

    def read(self, text: str) -> Cursor | None:
        """The place that a client kept. None for one that was not sealed here, or by a secret that is out of use.

        Raises BadMessage for what cannot be a cursor of any release.
        """
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_LENGTH}}}", text):
            raise BadMessage("after is not a cursor of this server")
        try:
            sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            return None
        if len(sealed) != _TAG_BYTES + _PARTS.size:
            return None
        for keys in self._keys:
            plain = _opened(sealed, *keys)
            # Comparing with what we would have written refuses other spellings of the same bytes.
            if plain is not None and urlsafe_b64encode(sealed).decode().rstrip("=") == text:
                system, xmin, microseconds = _PARTS.unpack(plain)
                return Cursor(system, xmin, _EPOCH + microseconds * _MICROSECOND)
        return None


def _derived(key: bytes, purpose: bytes) -> bytes:
    return blake2b(purpose, key=key[:64]).digest()


def _seal(plain: bytes, tag_key: bytes, pad_key: bytes) -> bytes:
    tag = blake2b(plain, key=tag_key, digest_size=_TAG_BYTES).digest()
    return tag + _padded(plain, tag, pad_key)


def _opened(sealed: bytes, tag_key: bytes, pad_key: bytes) -> bytes | None:
    tag, hidden = sealed[:_TAG_BYTES], sealed[_TAG_BYTES:]
    plain = _padded(hidden, tag, pad_key)
    return plain if compare_digest(tag, blake2b(plain, key=tag_key, digest_size=_TAG_BYTES).digest()) else None


def _padded(text: bytes, tag: bytes, pad_key: bytes) -> bytes:
    pad = blake2b(tag, key=pad_key, digest_size=len(text)).digest()
    return bytes(a ^ b for a, b in zip(text, pad, strict=True))
