"""Stores new jobs: those that stand alone together with other callers', orders in a transaction of their own."""

import asyncio
import contextlib
import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from jobyard.domain.errors import Conflict, FieldError, Invalid, TooMany, Unavailable
from jobyard.domain.job import NewJob
from jobyard.domain.limits import Limits
from jobyard.ports import KeptAnswer, Nudges, Order, Stored, Submitted
from jobyard.postgres import submitter
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.new_rows import TwinRefusedError
from jobyard.postgres.orders import KeyBusyError, TwinGoneError, find_twins, kept_answer, store_order
from jobyard.postgres.placed import Placed
from jobyard.postgres.queries import query
from jobyard.postgres.submitter import tell_stored

TWIN_ROUNDS = 3
BUSY_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.6)
"""How long a call waits for another one with the same Idempotency-Key, without a connection: 2 s in all."""

CACHED_OWNERS = 10_000
WAITING_CACHE_SECONDS = 30.0


class PostgresJobSubmits:
    """The part of JobStore (ports/) that stores new jobs."""

    def __init__(self, engine: Pool, readers: Pool, nudges: Nudges, limits: Limits) -> None:
        self._engine = engine
        self._readers = readers
        self._nudges = nudges
        self._limit = limits.waiting_jobs
        self._submitter = submitter.Submitter(engine, nudges)
        self._lanes: dict[str, int] = {}
        self._waiting: OrderedDict[int, tuple[float, int]] = OrderedDict()

    async def lane_of(self, queue: str) -> int | None:
        """The lane of the server's kinds in this queue, or None where there is no such queue."""
        if queue not in self._lanes:
            async with database(), self._readers.acquire() as connection:
                lane = await connection.fetchval("SELECT id FROM lanes WHERE queue = $1 AND owner_id IS NULL", queue)
            if lane is None:
                return None
            self._lanes[queue] = lane  # a lane's number never changes
        return self._lanes[queue]

    async def submit(self, jobs: Sequence[NewJob]) -> list[Submitted]:
        """Store all or none, durably; then wake who may run them."""
        if len(jobs) > 1 or not self._may_be_counted_later(jobs[0].owner):
            return await self._submit(jobs)
        submitted, _ = await asyncio.gather(self._submit(jobs), self._count_beside(jobs[0].owner))
        return submitted

    async def _submit(self, jobs: Sequence[NewJob]) -> list[Submitted]:
        placed = await self._place(jobs)
        twins = dict[UUID, UUID]()
        for _ in range(TWIN_ROUNDS):
            stored = await self._store(placed)
            if not stored.left_out and not twins:
                return [Submitted(job.id, at=stored.at) for job in jobs]
            placed = [one for one in placed if one.job.id in stored.left_out]
            twins |= await self._twins([one.job for one in placed])
            placed = [one for one in placed if one.job.id not in twins]  # its twin has ended meanwhile: once more
            if not placed:
                return [Submitted(job.id, twins.get(job.id)) for job in jobs]
        raise _come_and_go(placed[0].job.unique_key)

    async def submit_together(self, order: Order) -> Stored | KeptAnswer:
        """Store an order in one transaction, and wake who may run it."""
        placed = await self._place(order.jobs)
        end_lane = None if order.end is None else await self._known_lane(order.end.job.queue)
        pauses, twin_rounds = list(BUSY_PAUSES), TWIN_ROUNDS
        while True:
            try:
                async with database(), self._engine.acquire() as connection, connection.transaction():
                    stored = await store_order(connection, order, placed, end_lane)
                break
            except KeyBusyError:
                if not pauses:
                    raise Conflict(
                        "another call with this Idempotency-Key is under way", retry_after_seconds=1
                    ) from None
                await asyncio.sleep(pauses.pop(0))
            except TwinRefusedError as error:
                raise _refused(error) from error
            except (TwinGoneError, asyncpg.DeadlockDetectedError) as error:
                twin_rounds -= 1
                if not twin_rounds:
                    raise _come_and_go(next((job.unique_key for job in order.jobs if job.unique_key), None)) from error
        if isinstance(stored, KeptAnswer):
            return stored
        new = [one for one in placed if one.job.id not in stored.left_out]
        tell_stored(self._nudges, new, stored.at)
        return Stored(stored.submitted, stored.answer)

    async def kept_answer(self, owner: int, key: str) -> KeptAnswer | None:
        """The first answer under an Idempotency-Key, for 24 h."""
        async with database(), self._readers.acquire() as connection:
            return await kept_answer(connection, owner, key)

    async def _place(self, jobs: Sequence[NewJob]) -> list[Placed]:
        if len(jobs) == 1:
            job = jobs[0]
            lane = self._lanes.get(job.queue) or await self._known_lane(job.queue)
            if not self._has_room(job.owner, 1):
                await self._check_waiting(job.owner, 1)
            return [Placed(job, lane)]
        lanes = {queue: await self._known_lane(queue) for queue in {job.queue for job in jobs}}
        for owner, number in Counter([job.owner for job in jobs]).items():
            if not self._has_room(owner, number):
                await self._check_waiting(owner, number)
        return [Placed(job, lanes[job.queue]) for job in jobs]

    async def _store(self, placed: Sequence[Placed]) -> submitter.Stored:
        try:
            return await self._submitter.submit(placed)
        except TwinRefusedError as error:
            raise _refused(error) from error

    async def _known_lane(self, queue: str) -> int:
        lane = await self.lane_of(queue)
        if lane is None:
            raise Invalid([FieldError("/queue", f"there is no queue {queue!r}")])
        return lane

    def _may_be_counted_later(self, owner: int) -> bool:
        """Whether a count is due, but may be read beside a lone submit: a lone caller waited for both.

        So where an owner is new to this process, or had few jobs, one may pass the limit, and the next does not.
        """
        known = self._waiting.get(owner)
        waiting = 0 if known is None else known[1]
        if (known is not None and _is_fresh(known[0])) or 2 * waiting >= self._limit:
            return False
        self._waiting[owner] = (time.monotonic(), waiting)  # others need not ask meanwhile
        return True

    def _has_room(self, owner: int, more: int) -> bool:
        """Whether the count that was read not long ago leaves room for more; they are counted then."""
        known = self._waiting.get(owner)
        if known is None or not _is_fresh(known[0]) or known[1] + more > self._limit:
            return False
        self._waiting[owner] = (known[0], known[1] + more)
        return True

    async def _check_waiting(self, owner: int, more: int) -> None:
        """Hold the limit of waiting jobs a user. The count is read at most every 30 s, and again before a refusal."""
        count = await self._count(owner)
        if count + more > self._limit:
            raise TooMany(f"{count} jobs wait already, and {more} more would pass the limit of {self._limit}", 60)
        self._waiting[owner] = (time.monotonic(), count + more)

    async def _count_beside(self, owner: int) -> None:
        with contextlib.suppress(Unavailable):  # what is stored is stored; the next submit asks again
            await self._count(owner)

    async def _count(self, owner: int) -> int:
        try:
            async with database(), self._readers.acquire() as connection:
                count: int = await connection.fetchval(query("waiting"), owner, self._limit)
        except BaseException:
            self._waiting.pop(owner, None)
            raise
        self._waiting[owner] = (time.monotonic(), count)
        self._waiting.move_to_end(owner)
        while len(self._waiting) > CACHED_OWNERS:
            self._waiting.popitem(last=False)
        return count

    async def _twins(self, jobs: Sequence[NewJob]) -> dict[UUID, UUID]:
        if not jobs:
            return {}
        async with database(), self._engine.acquire() as connection:
            return await find_twins(connection, jobs)


def _is_fresh(counted_at: float) -> bool:
    return time.monotonic() - counted_at <= WAITING_CACHE_SECONDS


def _refused(error: TwinRefusedError) -> Conflict:
    return Conflict(f"an unfinished job has the unique key {error.args[0]!r}; nothing was stored")


def _come_and_go(unique_key: str | None) -> Conflict:
    return Conflict(f"jobs with the unique key {unique_key!r} come and go: submit again", retry_after_seconds=1)
