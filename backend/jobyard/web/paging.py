"""Keyset pages: opaque cursors that are checked, `{"items", "next_cursor"}`, and the Link header.

A cursor is a place in a list, in base64url with a checksum over the list's name: one of another list, or one that was
cut or typed, is refused (422). It is no secret and no permission: lists are always narrowed to their viewer.
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from zlib import crc32

from litestar.connection import ASGIConnection
from litestar.params import QueryParameter

from jobyard.domain.errors import FieldError, Invalid

T = TypeVar("T")

DEFAULT_LIMIT = 50
CURSOR_MAX_LENGTH = 200
NOT_OURS = "is not a cursor of this list: use the next_cursor of an answer as it is"

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many items at most, 1 to 200.")]
PageCursor = Annotated[
    str | None, QueryParameter(description="The `next_cursor` of the answer before, for the items after it.")
]


def encode_cursor(name: str, place: bytes) -> str:
    """The cursor for a place in the list `name`."""
    return urlsafe_b64encode(_checksum(name, place) + place).decode().rstrip("=")


def decode_cursor(name: str, cursor: str) -> bytes:
    """The place that a cursor stands for. Raises Invalid for anything that `encode_cursor` did not make."""
    place = _decode(name, cursor)
    if place is None:
        raise Invalid([FieldError("?cursor", NOT_OURS)])
    return place


def _decode(name: str, cursor: str) -> bytes | None:
    if len(cursor) > CURSOR_MAX_LENGTH or not re.fullmatch(r"[A-Za-z0-9_-]+", cursor):
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except binascii.Error:
        return None
    place = raw[4:]
    # Comparing with what we would have written also refuses other spellings of the same bytes.
    return place if encode_cursor(name, place) == cursor else None


def _checksum(name: str, place: bytes) -> bytes:
    return crc32(place, crc32(name.encode())).to_bytes(4, "big")


def encode_id(name: str, place: UUID | None) -> str | None:
    """The cursor of a list that goes by id, or None at its end."""
    return None if place is None else encode_cursor(name, place.bytes)


def decode_id(name: str, cursor: str | None) -> UUID | None:
    """The id that a cursor stands for; None for no cursor."""
    if cursor is None:
        return None
    place = decode_cursor(name, cursor)
    if len(place) != 16:
        raise Invalid([FieldError("?cursor", NOT_OURS)])
    return UUID(bytes=place)


def encode_number(name: str, place: int | None) -> str | None:
    """The cursor of a list that goes by a number, or None at its end."""
    return None if place is None else encode_cursor(name, place.to_bytes(8, "big"))


def decode_number(name: str, cursor: str | None) -> int | None:
    """The number that a cursor stands for; None for no cursor."""
    if cursor is None:
        return None
    place = int.from_bytes(decode_cursor(name, cursor), "big")
    if place >= 2**31:  # PostgreSQL's int, which numbers such rows
        raise Invalid([FieldError("?cursor", NOT_OURS)])
    return place


def page_of(
    items: Sequence[T], key: Callable[[T], str], name: str, cursor: str | None, limit: int
) -> tuple[list[T], str | None]:
    """A page of a short list that is in memory, whose keys are unique, and the cursor of the next."""
    start = 0
    if cursor is not None:
        place = decode_cursor(name, cursor)
        start = next((i + 1 for i, item in enumerate(items) if key(item).encode() == place), len(items))
    shown = list(items[start : start + limit])
    more = start + limit < len(items)
    return shown, encode_cursor(name, key(shown[-1]).encode()) if more else None


def link_to_next(connection: ASGIConnection[Any, Any, Any, Any], next_cursor: str | None) -> dict[str, str]:
    """The header `Link` to the next page, with this one's filters; relative, so that it is right behind a proxy."""
    if next_cursor is None:
        return {}
    query = connection.scope["query_string"].decode("latin-1")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "cursor"]
    target = f"{connection.scope['path']}?{urlencode([*kept, ('cursor', next_cursor)])}"
    return {"Link": f'<{target}>; rel="next"'}
