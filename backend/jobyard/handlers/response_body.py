"""The start of a response's body: in bounded memory whatever the other side sends, and fit for a job's result."""

import re
import zlib
from collections.abc import AsyncIterable

KEPT_BYTES = 64 * 1024
MOST_RAW_BYTES = 1024 * 1024
"""A compressed body may be made of nothing: after this much of it without 64 KiB of content, the rest is left."""

# Python knows codecs that are no charsets (zlib, idna, unicode_escape): only these are used.
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|ascii|utf-?16(le|be)?|latin-?1|iso-?8859-\d{1,2}|windows-125\d|koi8-[ru]|"
    r"shift_jis|euc-(jp|kr)|gb2312|gbk|gb18030|big5", re.IGNORECASE
)  # fmt: skip

# A result is JSON, in a database that refuses U+0000; other control characters take six bytes each there.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class BadBody(Exception):
    """It is not what its Content-Encoding says."""


async def read_start(chunks: AsyncIterable[bytes], encoding: str) -> tuple[bytes, bool]:
    """The first 64 KiB, and whether more was there. gzip and deflate are unpacked, never further than that."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding in ("gzip", "x-gzip", "deflate") else None
    body = bytearray()
    raw = 0
    async for chunk in chunks:
        raw += len(chunk)
        wanted = KEPT_BYTES + 1 - len(body)  # one more tells whether there is more
        try:
            body += unpack.decompress(chunk, wanted) if unpack else chunk[:wanted]
        except zlib.error as error:
            raise BadBody(str(error)) from error
        if len(body) > KEPT_BYTES or raw > MOST_RAW_BYTES:
            return bytes(body[:KEPT_BYTES]), True
    return bytes(body), False


def as_text(body: bytes, content_type: str, *, cut: bool) -> str | None:
    """The body as text in its charset (UTF-8 when it names none), or None where it is not text.

    A character that was `cut` in half at the end is left out.
    """
    named = re.search(r"charset\s*=\s*\"?([\w.:-]+)", content_type, re.IGNORECASE)
    charset = named[1] if named else "utf-8"
    if not _CHARSETS.fullmatch(charset):
        return None
    for shorter in range(4 if cut else 1):
        try:
            text = body[: len(body) - shorter].decode(charset)
        except UnicodeDecodeError:
            continue
        except LookupError:
            return None
        return None if _NOT_TEXT.search(text) else text
    return None
