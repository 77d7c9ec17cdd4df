"""What is done by hand to jobs, many in one statement: cancel, retry, discard. Timelines tell who did it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar
from uuid import UUID

import asyncpg

from jobyard.domain.errors import Conflict, Unavailable
from jobyard.domain.events import EventType, JobChanged
from jobyard.domain.operation import BulkVerb
from jobyard.domain.user import Viewer
from jobyard.ports import Claimable, Nudges
from jobyard.postgres import records
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.days import DayMade
from jobyard.postgres.queries import query

T = TypeVar("T")
ROUNDS = 4
PAUSE_SECONDS = 0.1
"""Before each further round, longer each time: at once, it could take a row before the winner of the deadlock does."""


@dataclass(slots=True)
class Changes:
    """What a statement changed, and who is to be told once it is committed."""

    ids: set[UUID] = field(default_factory=set[UUID])
    claimable: list[Claimable] = field(default_factory=list[Claimable])
    asked: list[tuple[int, UUID, int]] = field(default_factory=list[tuple[int, UUID, int]])
    """Running jobs that should stop: worker, id, run."""
    ended: bool = False

    def tell(self, nudges: Nudges, owner: int) -> None:
        """Tell of it."""
        for worker, job_id, run in self.asked:
            nudges.cancel(worker, job_id, run)
        asked = {job_id for _, job_id, _ in self.asked}
        event = EventType.PENDING if self.claimable else EventType.CANCEL_REQUESTED
        nudges.changed(JobChanged(owner, job_id, event) for job_id in (self.ids if self.claimable else asked))
        nudges.work(self.claimable)
        if self.ended:
            nudges.finished([owner])


Change: TypeAlias = Callable[[Connection, int, bytes, Sequence[UUID]], Awaitable[Changes]]
"""With an owner, an actor as the timeline has it, and ids."""


async def cancel(connection: Connection, owner: int, actor: bytes, job_ids: Sequence[UUID]) -> Changes:
    """Cancel what waits, ask what runs to stop. In rounds: a job may be claimed, or released, between the two."""
    rest, changes = set(job_ids), Changes()
    for _ in range(ROUNDS):
        ended = {row["id"] for row in await connection.fetch(query("cancel_by"), sorted(rest), owner, actor)}
        rest -= ended
        changes.ids |= ended
        changes.ended = changes.ended or bool(ended)
        if rest:
            asked = await connection.fetch(query("cancel_ask"), sorted(rest), owner, actor)
            changes.asked += [(row["worker_id"], row["id"], row["run"]) for row in asked]
            changes.ids |= {row["id"] for row in asked}
            rest -= changes.ids
        if not rest:
            break
    return changes


async def retry(connection: Connection, owner: int, actor: bytes, job_ids: Sequence[UUID]) -> Changes:
    """Bring failed and cancelled jobs back, and let those run now that wait for their time or their backoff."""
    ids = sorted(set(job_ids))
    rows = [
        *await _in_rounds(connection, lambda: connection.fetch(query("retry_finished"), ids, owner, actor)),
        *await connection.fetch(query("retry_now"), ids, owner, actor),
    ]
    placed = [row for row in rows if row["place"] is not None]  # the others are held: their owner is disabled
    claimable = {(row["lane"], row["priority"]): row["place"] for row in placed}  # they have one time
    return Changes(
        {row["id"] for row in rows},
        [Claimable(lane, priority, place) for (lane, priority), place in claimable.items()],
    )


async def discard(connection: Connection, owner: int, _: bytes, job_ids: Sequence[UUID]) -> Changes:
    """Forget finished jobs."""
    rows = await connection.fetch(query("discard_many"), sorted(set(job_ids)), owner)
    return Changes({row["id"] for row in rows})


CHANGES: dict[BulkVerb, Change] = {BulkVerb.CANCEL: cancel, BulkVerb.RETRY: retry, BulkVerb.DISCARD: discard}


class PostgresJobChanges:
    """The part of the JobStore of ports/ that changes jobs by hand, on a pool with the engine's settings."""

    def __init__(self, engine: Pool, nudges: Nudges) -> None:
        self._engine = engine
        self._nudges = nudges

    async def change(self, viewer: Viewer, verb: BulkVerb, job_ids: Sequence[UUID]) -> set[UUID]:
        """Do it to those of these that are the viewer's and whose state allows it. Returns them."""
        actor = records.actor_json(viewer)
        for left in reversed(range(ROUNDS)):
            try:
                async with database(), self._engine.acquire() as connection, connection.transaction():
                    changes = await CHANGES[verb](connection, viewer.key, actor, job_ids)
            except (asyncpg.DeadlockDetectedError, DayMade) as error:  # a worker records them in another order
                if not left:
                    raise Unavailable("the jobs are being changed just now", retry_after_seconds=1) from error
                await asyncio.sleep(PAUSE_SECONDS * (ROUNDS - left))
            else:
                changes.tell(self._nudges, viewer.key)
                return changes.ids
        raise AssertionError("unreachable")

    async def cancel(self, viewer: Viewer, job_ids: Sequence[UUID]) -> list[UUID]:
        """Cancel what waits, ask what runs to stop. Returns the ids that were changed or asked."""
        return list(await self.change(viewer, BulkVerb.CANCEL, job_ids))

    async def retry(self, viewer: Viewer, job_id: UUID) -> bool:
        """Bring a failed or cancelled job back, or run a waiting one now. False: its state forbids it."""
        if await self.change(viewer, BulkVerb.RETRY, [job_id]):
            return True
        async with database(), self._engine.acquire() as connection:
            if await connection.fetchval(query("key_taken"), job_id, viewer.key):
                raise Conflict("an unfinished job has the unique key of this one")
            if await connection.fetchval(query("retried_out"), job_id, viewer.key):
                raise Conflict("this job has had as many attempts as can be counted (32,767): copy it instead")
        return False


async def _in_rounds(connection: Connection, send: Callable[[], Awaitable[T]]) -> T:
    """Send a statement again whose unique key was taken while it ran: then it sees who took it."""
    for left in reversed(range(ROUNDS)):
        try:
            async with connection.transaction():  # within another: a savepoint
                return await send()
        except asyncpg.UniqueViolationError as error:
            if not left:
                raise Unavailable("jobs with these unique keys come and go", retry_after_seconds=1) from error
    raise AssertionError("unreachable")
