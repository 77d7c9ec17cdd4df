import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncGenerator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.handlers.response_body import KEPT_BYTES, MOST_RAW_BYTES, BadBody, as_text, read_start

ZEROS = bytes(1024 * 1024)


async def sent(parts: Iterable[bytes]) -> AsyncGenerator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize("size", [0, 1, KEPT_BYTES - 1, KEPT_BYTES])
@pytest.mark.parametrize("part", [1000, KEPT_BYTES])
async def test_a_body_up_to_64_kib_is_whole(size: int, part: int) -> None:
    body = b"x" * size
    assert await read_start(sent([body[at : at + part] for at in range(0, size, part)]), "") == (body, False)


async def test_a_longer_one_is_cut_and_the_rest_is_not_read() -> None:
    read = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1024

    assert await read_start(endless(), "") == (b"x" * KEPT_BYTES, True)
    assert read == 65


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
async def test_compressed_bodies_are_unpacked(encoding: str) -> None:
    packed = zlib.compress(b"hello") if encoding == "deflate" else gzip.compress(b"hello")
    assert await read_start(sent([packed[:7], packed[7:]]), encoding) == (b"hello", False)


async def test_a_decompression_bomb_takes_no_more_memory_than_is_kept() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(ZEROS) for _ in range(200)) + packer.flush()  # 200 MiB in 200 KiB
    tracemalloc.start()
    try:
        body, truncated = await read_start(sent([bomb]), "gzip")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(body), truncated) == (KEPT_BYTES, True)
    assert most < 1024 * 1024


async def test_compressed_nothing_without_end_is_left() -> None:
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(b"a") + packer.flush(zlib.Z_SYNC_FLUSH)
    read = 0

    async def nothing() -> AsyncGenerator[bytes]:
        nonlocal read
        yield start
        while True:
            block = packer.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"  # an empty stored block
            read += len(block) * 1000
            yield block * 1000

    assert await read_start(nothing(), "gzip") == (b"a", True)
    assert read < 2 * MOST_RAW_BYTES


async def test_what_is_not_compressed_as_it_says_is_an_error() -> None:
    with pytest.raises(BadBody):
        await read_start(sent([b"not gzip at all"]), "gzip")


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"plain", "", "plain"),
        ("grün €".encode(), "application/json", "grün €"),
        ("grün".encode("latin-1"), "text/html; charset=ISO-8859-1", "grün"),
        ("日本".encode("shift_jis"), 'text/plain; charset="Shift_JIS"', "日本"),
        ("grün".encode("latin-1"), "text/html", None),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png", None),
        (b"zero \x00", "text/plain", None),  # the database's JSON has no U+0000
        (b"escape \x1b[0m", "text/plain", None),
        (b"abc", "text/plain; charset=idna", None),  # Python's codecs that are no charsets
        (b"abc", "text/plain; charset=zlib", None),
        (b"abc", "text/plain; charset=unicode_escape", None),
        (b"\x00\xd8", "text/plain; charset=utf-16le", None),  # half a pair
        (b"", "text/plain", ""),
    ],
)
def test_text_or_not(body: bytes, content_type: str, text: str | None) -> None:
    assert as_text(body, content_type, cut=False) == text


@pytest.mark.parametrize("end", [1, 2, 3])
def test_a_character_cut_in_half_is_left_out(end: int) -> None:
    assert as_text("ab😀".encode()[:-end], "", cut=True) == "ab"
    assert as_text("ab😀".encode()[:-end], "", cut=False) is None


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "charset=utf-8", "charset=latin-1", "charset=utf-16", "charset=gb18030"]),
)
def test_any_text_can_be_stored_and_sent(body: bytes, content_type: str) -> None:
    text = as_text(body * 3, content_type, cut=True)
    if text is not None:
        assert len(json.dumps(text, ensure_ascii=False).encode()) <= 2 * len(body * 3) + 2
        assert "\x00" not in text
