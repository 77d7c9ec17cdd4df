"""New jobs in COPY's binary format, a hundred at a time: PostgreSQL stores the first while the next are written.

Source of the format: PostgreSQL's documentation, COPY, "Binary Format", and the send functions of the types. Handed
over row by row to asyncpg, 1,000 jobs took 31 ms: the general encoder looks at each value, and PostgreSQL waited until
all were there.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct, pack
from uuid import UUID

import msgspec

from jobyard.domain.job import NewJob, Wait
from jobyard.postgres.placed import Placed, notify_columns
from jobyard.postgres.records import encode_options

COPY_COLUMNS = (
    "id", "owner_id", "payload", "lane", "priority", "run_at", "place", "wait", "kind", "max_attempts", "budget",
    "options", "tags", "batch_id", "notify", "notify_bad",
)  # fmt: skip
"""What differs from row to row comes first: the rest is often that of the row before."""

ROWS_A_CHUNK = 100

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_HEAD = Struct(">hi16siiib")
"""Number of columns; id; owner; length of the payload, and the version of jsonb's format."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXT_OID = 25

_encode = msgspec.json.encode


async def copy_chunks(placed: Sequence[Placed], now: datetime) -> AsyncGenerator[bytes]:
    """The rows of these jobs: what submit.sql does, so a later job has no place and waits for its time."""
    yield _BEGIN
    head, columns = _HEAD.pack, len(COPY_COLUMNS)
    before: Placed | None = None
    rest = b""
    for start in range(0, len(placed), ROWS_A_CHUNK):
        parts: list[bytes] = []
        for one in placed[start : start + ROWS_A_CHUNK]:
            job = one.job
            if before is None or not _alike(one, before):
                before, rest = one, _rest(one, now)
            payload = _encode(job.payload)
            parts += head(columns, 16, job.id.bytes, 4, job.owner, len(payload) + 1, 1), payload, rest
        yield b"".join(parts)
    yield _END


def _alike(one: Placed, other: Placed) -> bool:
    """Whether their rows are the same from `lane` on. By identity: a row too many that is written costs little."""
    a, b = one.job, other.job
    return (
        a.kind is b.kind
        and a.options is b.options
        and a.run_at is b.run_at
        and a.tags is b.tags
        and a.priority is b.priority
        and a.notify is b.notify
        and a.batch_id is b.batch_id
        and a.after is b.after
        and a.if_after_fails is b.if_after_fails
        and one.lane == other.lane
    )


def _rest(one: Placed, now: datetime) -> bytes:
    job = one.job
    later = job.run_at is not None and job.run_at > now
    attempts = _field(pack(">h", job.options.max_attempts))
    options = encode_options(job.options, job.after, job.if_after_fails)
    notify, notify_bad = notify_columns(job.notify)
    return b"".join([
        _field(pack(">i", one.lane)),
        _field(pack(">h", job.priority.code)),
        _time(job.run_at or now),
        _NULL if later else _time(now),
        _field(pack(">h", Wait.TIME if later else Wait.NONE)),
        _field(job.kind.encode()),
        attempts,
        attempts,
        _NULL if options is None else _field(b"\x01" + options),
        _texts(job),
        _NULL if job.batch_id is None else _uuid(job.batch_id),
        _field(b"\x01" if notify else b"\x00"),
        _NULL if notify_bad is None else _field(pack(">h", notify_bad)),
    ])  # fmt: skip


def _field(value: bytes) -> bytes:
    return pack(">i", len(value)) + value


def _time(value: datetime) -> bytes:
    return _field(pack(">q", (value - _EPOCH) // _MICROSECOND))


def _uuid(value: UUID) -> bytes:
    return _field(value.bytes)


def _texts(job: NewJob) -> bytes:
    """text[]: dimensions, whether there are NULLs, the type of elements; length and first index; the elements."""
    if not job.tags:
        return _NULL
    elements = b"".join(_field(tag.encode()) for tag in job.tags)
    return _field(pack(">iiiii", 1, 0, _TEXT_OID, len(job.tags), 1) + elements)
