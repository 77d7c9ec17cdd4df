"""Stores an order: jobs, whom they wait for, what comes at the end of their batch, and the first answer under a key.

All of it in one transaction: a crash leaves all or nothing. Such submits are not coalesced with others' (submitter.py),
since each has statements of its own.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from jobyard.domain.job import NewJob
from jobyard.ports import BatchEnd, KeptAnswer, Once, Order, Submitted
from jobyard.postgres import records
from jobyard.postgres.connections import Connection
from jobyard.postgres.new_rows import store_following, store_plain, store_unique
from jobyard.postgres.placed import Placed
from jobyard.postgres.queries import query


class KeyBusyError(Exception):
    """Another call with the same Idempotency-Key is under way."""


class TwinGoneError(Exception):
    """A job was left out for a twin that has ended since: store it all once more."""


@dataclass(slots=True)
class OrderStored:
    """What a transaction has stored, to be told of once it is committed."""

    at: datetime
    left_out: set[UUID]
    submitted: list[Submitted] = field(default_factory=list[Submitted])
    answer: bytes | None = None


class StoredEnd(msgspec.Struct):
    """What `batches.on_complete` holds."""

    job: NewJob
    lane: int
    delay_seconds: float


async def store_order(
    connection: Connection, order: Order, placed: Sequence[Placed], end_lane: int | None
) -> OrderStored | KeptAnswer:
    """Store it within the caller's transaction. Raises TwinRefusedError, TwinGoneError and KeyBusyError."""
    if order.once is not None:
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", lock_number(order.once)):
            raise KeyBusyError
        kept = await kept_answer(connection, order.once.owner, order.once.key)
        if kept is not None:
            return kept
    stored = await _store_jobs(connection, placed)
    stored.submitted = await _with_twins(connection, order.jobs, stored.left_out)
    await _link(connection, order, stored, end_lane)
    if order.once is not None:
        stored.answer = await _keep_answer(connection, order.once, stored.submitted)
    return stored


async def kept_answer(connection: Connection, owner: int, key: str) -> KeptAnswer | None:
    """The first answer under a key."""
    row = await connection.fetchrow(query("kept_answer"), owner, key)
    return None if row is None else KeptAnswer(row["digest"], row["answer"])


def lock_number(once: Once) -> int:
    """The advisory lock of an owner's key. Where two keys share one, a call waits a moment longer."""
    return int.from_bytes(hashlib.sha256(f"{once.owner} {once.key}".encode()).digest()[:8], signed=True)


async def _store_jobs(connection: Connection, placed: Sequence[Placed]) -> OrderStored:
    following = [one for one in placed if one.job.follows]
    unique = [one for one in placed if one.job.unique_key is not None and not one.job.follows]
    plain = [one for one in placed if one.job.unique_key is None and not one.job.follows]
    at = await store_plain(connection, plain) if plain else await connection.fetchval("SELECT now()")
    left_out = await store_unique(connection, unique) if unique else set[UUID]()
    if following:
        left_out |= await store_following(connection, following)
    return OrderStored(at, left_out)


async def _with_twins(connection: Connection, jobs: Sequence[NewJob], left_out: set[UUID]) -> list[Submitted]:
    twins = await find_twins(connection, [job for job in jobs if job.id in left_out])
    if len(twins) < len(left_out):
        raise TwinGoneError
    return [Submitted(job.id, twins.get(job.id)) for job in jobs]


async def find_twins(connection: Connection, jobs: Sequence[NewJob]) -> dict[UUID, UUID]:
    """The unfinished job that has the unique key of each, where there still is one."""
    if not jobs:
        return {}
    rows = await connection.fetch(query("twins"), [job.owner for job in jobs], [job.unique_key for job in jobs])
    by_key = {(row["owner_id"], row["unique_key"]): row["id"] for row in rows}
    return {job.id: twin for job in jobs if (twin := by_key.get((job.owner, job.unique_key))) is not None}


async def _link(connection: Connection, order: Order, stored: OrderStored, end_lane: int | None) -> None:
    links = [(followed, job.id) for job in order.jobs if job.id not in stored.left_out for followed in job.follows]
    if order.end is not None and end_lane is not None:
        await _store_end(connection, order.end, end_lane)
        links += [(one.twin or one.id, order.end.batch_id) for one in stored.submitted]
    if links:
        jobs, followers = zip(*sorted(set(links)), strict=True)
        await connection.execute(query("follow"), jobs, order.jobs[0].owner, followers)


async def _store_end(connection: Connection, end: BatchEnd, lane: int) -> None:
    text = msgspec.json.encode(StoredEnd(end.job, lane, end.delay_seconds))
    await connection.execute(
        "INSERT INTO batches (id, owner_id, on_complete) VALUES ($1, $2, $3)", end.batch_id, end.job.owner, text
    )


async def _keep_answer(connection: Connection, once: Once, submitted: list[Submitted]) -> bytes:
    job = None
    if len(submitted) == 1:
        row = await connection.fetchrow(query("get"), submitted[0].twin or submitted[0].id, once.owner)
        job = None if row is None else records.job(row, whole=True)
    answer = once.answer(submitted, job)
    await connection.execute(query("keep_answer"), once.owner, once.key, once.digest, answer)
    return answer
