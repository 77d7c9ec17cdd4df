"""Writes new jobs' rows: a few by unnest, many by COPY, those with unique keys by themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jobyard.postgres.connections import Connection
from jobyard.postgres.copy_rows import COPY_COLUMNS, copy_chunks
from jobyard.postgres.placed import Placed, notify_columns
from jobyard.postgres.queries import query
from jobyard.postgres.records import array_literal, encode_options

COPY_FROM = 100
"""Rows from which COPY is quicker, though it asks for the time first: 112,000 against 86,000 rows/s at 2,000."""

_encode = msgspec.json.encode


class TwinRefusedError(Exception):
    """An unfinished job has the unique key of one that was not to have a twin; nothing was stored."""


async def store_plain(connection: Connection, placed: Sequence[Placed], node: str | None = None) -> datetime:
    """Store jobs without unique keys. Returns the time that the database gave them.

    With `node`, fewer than COPY_FROM wake other processes in the same transaction, in this process's name.
    """
    if len(placed) < COPY_FROM:
        return await connection.fetchval(query("submit"), *_columns(placed), node)
    now = await connection.fetchval("SELECT now()")
    chunks = copy_chunks(placed, now)
    await connection.copy_to_table("live_jobs", source=chunks, columns=COPY_COLUMNS, format="binary")
    return now


async def store_unique(connection: Connection, placed: Sequence[Placed], statement: str = "submit_unique") -> set[UUID]:
    """Store jobs with unique keys. Returns the ids of those that have a twin; raises TwinRefusedError."""
    keys = [one.job.unique_key for one in placed]
    rows = await connection.fetch(query(statement), *_columns(placed), keys)
    left_out = {one.job.id for one in placed} - {row["id"] for row in rows}
    refused = [one.job for one in placed if one.job.reject_twin and one.job.id in left_out]
    if refused:
        raise TwinRefusedError(refused[0].unique_key)
    return left_out


async def store_following(connection: Connection, placed: Sequence[Placed]) -> set[UUID]:
    """Store jobs that wait for others, with a unique key or without. As `store_unique`."""
    return await store_unique(connection, placed, "submit_following")


def _columns(placed: Sequence[Placed]) -> list[list[Any]]:
    jobs = [one.job for one in placed]
    notifies = [notify_columns(job.notify) for job in jobs]
    return [
        [job.id for job in jobs],
        [job.owner for job in jobs],
        [one.lane for one in placed],
        [job.priority.code for job in jobs],
        [job.run_at for job in jobs],
        [job.kind for job in jobs],
        [_encode(job.payload) for job in jobs],
        [job.options.max_attempts for job in jobs],
        [encode_options(job.options, job.after, job.if_after_fails) for job in jobs],
        [array_literal(job.tags) for job in jobs],
        [job.batch_id for job in jobs],
        [notify for notify, _ in notifies],
        [notify_bad for _, notify_bad in notifies],
    ]
