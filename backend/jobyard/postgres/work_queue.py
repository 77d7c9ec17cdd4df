"""What a worker process does with jobs: claim, and report what became of each run, fenced by (worker, run)."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import TypeAlias, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from jobyard.domain.job import ClaimedJob, JobError
from jobyard.ports import Beat, Claimable, Completed, Failed, JobNote, Nudges, Snoozed
from jobyard.postgres import records
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.days import filing
from jobyard.postgres.floors import Floors, Key
from jobyard.postgres.queries import query

Spot: TypeAlias = str
"""A ctid, as PostgreSQL writes it."""

T = TypeVar("T")

_PRIORITY = itemgetter("priority")

REFUSED = (asyncpg.DataError, asyncpg.exceptions.ProgramLimitExceededError)
"""SQLSTATE 22xxx and 54xxx: a value that storage cannot take, today or later."""

OUTCOME_REFUSED = "outcome_refused"

ROUNDS = 5
"""How often a report looks for rows that moved. Each round, something else (a request to cancel) moved them again."""


class PostgresWorkQueue:
    """The WorkQueue of ports/, on a pool with the engine's settings."""

    def __init__(self, engine: Pool, nudges: Nudges) -> None:
        self._engine = engine
        self._nudges = nudges
        self._floors: defaultdict[int, Floors] = defaultdict(Floors)
        self._moved: dict[UUID, Spot] = {}  # where a progress report moved rows that are still held

    async def register(self, name: str, kinds: Sequence[str], slots: int) -> int:
        """A new worker; returns its number."""
        async with database(), self._engine.acquire() as connection:
            return int(await connection.fetchval(query("register"), name, kinds, slots))

    async def unregister(self, worker: int) -> None:
        """The worker is going, and holds nothing any more."""
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("unregister"), worker)

    async def lanes(self) -> list[int]:
        """The lanes that hold jobs of the server's kinds."""
        async with database(), self._engine.acquire() as connection:
            rows = await connection.fetch("SELECT id FROM lanes WHERE owner_id IS NULL ORDER BY id")
        return [row["id"] for row in rows]

    async def claim(self, worker: int, lane: int, kinds: Sequence[str], limit: int) -> list[ClaimedJob]:
        """Take up to `limit` jobs, in the order of priority, place, id."""
        floors = self._floors[lane]
        versions = floors.versions()
        rows = await self._claim(worker, lane, kinds, limit, floors.bounds())
        floors.claimed(_greatest(rows), versions, full=len(rows) == limit)
        return [records.claimed_job(row) for row in rows]

    async def holdings(self, worker: int) -> list[ClaimedJob]:
        """All that this worker holds."""
        async with database(), self._engine.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL enable_seqscan = on")
            return [records.claimed_job(row) for row in await connection.fetch(query("holdings"), worker)]

    async def sweep(self, worker: int, lane: int, kinds: Sequence[str], limit: int) -> list[ClaimedJob]:
        """Claim what became claimable below the floors, where it is time to look; else nothing."""
        floors, began = self._floors[lane], time.monotonic()
        due = floors.due(began)
        if not any(due):
            return []
        rows = await self._claim(worker, lane, kinds, limit, floors.sweep_keys(due))
        floors.swept(_greatest(rows), due, full=len(rows) == limit, began=began, ended=time.monotonic())
        return [records.claimed_job(row) for row in rows]

    def appeared(self, claimable: Claimable) -> None:
        """Jobs became claimable: the next claim looks from their place on."""
        self._floors[claimable.lane].lower(claimable.priority, claimable.place)

    async def _claim(
        self, worker: int, lane: int, kinds: Sequence[str], limit: int, floors: Sequence[Key]
    ) -> list[records.Row]:
        bounds = [part for key in floors for part in key]
        async with database(), self._engine.acquire() as connection:
            return await connection.fetch(query("claim"), worker, limit, lane, kinds, *bounds)

    async def claim_alone(self, worker: int, lane: int, kinds: Sequence[str]) -> ClaimedJob | None:
        """Take one job that was lost twice. Only for a process that holds nothing else."""
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(query("claim_alone"), worker, lane, kinds)
        return None if row is None else records.claimed_job(row)

    async def take_turn(
        self, worker: int, kinds: Sequence[str], *, waited_seconds: float, lease_seconds: float
    ) -> bool:
        """Become, or stay, the one worker that makes room for such a job, where one has waited for so long."""
        async with database(), self._engine.acquire() as connection:
            arguments = (worker, kinds, waited_seconds, lease_seconds)
            return await connection.fetchval(query("take_turn"), *arguments) is not None

    async def end_turn(self, worker: int) -> None:
        """Let another make room."""
        async with database(), self._engine.acquire() as connection:
            await connection.execute(query("end_turn"), worker)

    async def complete(self, worker: int, runs: Sequence[Completed]) -> set[UUID]:
        """Move them to history as completed. A result that storage refuses fails its own run, never its batch."""

        async def send(connection: Connection, chosen: Sequence[Completed], spots: list[Spot]) -> list[UUID]:
            results = [run.result for run in chosen]
            ids, numbers = _keys(chosen)
            row = await connection.fetchrow(
                query("complete"),
                '{"' + '","'.join(spots) + '"}',
                "{" + ",".join(map(str, ids)) + "}",
                "{" + ",".join(map(str, numbers)) + "}",
                worker,
                None if results.count(None) == len(results) else results,
                len(chosen),
            )
            return [run.job.id for run in chosen] if row["moved"] == len(chosen) else row["ids"] or []

        try:
            return await self._report(worker, runs, send)
        except REFUSED as error:
            if len(runs) > 1:
                return set[UUID]().union(*[await self.complete(worker, [run]) for run in runs])
            refused = JobError("result_refused", f"the database refused the result: {error}")
            return await self.fail(worker, [Failed(runs[0].job, refused, None)])

    async def fail(self, worker: int, runs: Sequence[Failed]) -> set[UUID]:
        """Retry later, or end as failed, or as cancelled where that was asked. What storage refuses fails for good."""

        async def send(connection: Connection, chosen: Sequence[Failed], spots: list[Spot]) -> list[UUID]:
            rows = await connection.fetch(
                query("fail"),
                spots,
                *_keys(chosen),
                worker,
                [msgspec.json.encode(run.error) for run in chosen],
                [run.retry_in_seconds for run in chosen],
                ["timed_out" if run.timed_out else "failed" for run in chosen],
            )
            return [row["id"] for row in rows]

        try:
            return await self._report(worker, runs, send)
        except REFUSED as error:
            if len(runs) > 1:
                return set[UUID]().union(*[await self.fail(worker, [run]) for run in runs])
            if runs[0].error.type == OUTCOME_REFUSED:
                raise
            return await self.fail(worker, [_refused(runs[0].job, error)])

    async def snooze(self, worker: int, run: Snoozed) -> bool:
        """Back to scheduled, no attempt used; cancelled where that was asked. What storage refuses fails for good."""

        async def send(connection: Connection, chosen: Sequence[_Held], spots: list[Spot]) -> list[UUID]:
            row = await connection.fetchrow(
                query("snooze"), spots[0], *(k[0] for k in _keys(chosen)), worker, run.seconds
            )
            return [] if row is None else [row["id"]]

        try:
            return bool(await self._report(worker, [_Held(run.job)], send) or await self._end_asked(worker, [run.job]))
        except REFUSED as error:
            return bool(await self.fail(worker, [_refused(run.job, error)]))

    async def release(self, worker: int, jobs: Sequence[ClaimedJob]) -> set[UUID]:
        """Back to its old place, no attempt used; cancelled where that was asked."""

        async def send(connection: Connection, chosen: Sequence[_Held], spots: list[Spot]) -> list[UUID]:
            rows = await connection.fetch(query("release"), spots, *_keys(chosen), worker)
            placed = [row for row in rows if row["place"] is not None]  # the others are held: their owner is disabled
            self._nudges.work(Claimable(row["lane"], row["priority"], row["place"]) for row in placed)
            return [row["id"] for row in rows]

        released = await self._report(worker, [_Held(job) for job in jobs], send)
        return released | await self._end_asked(worker, [job for job in jobs if job.id not in released])

    async def _end_asked(self, worker: int, jobs: Sequence[ClaimedJob]) -> set[UUID]:
        """What could be neither released nor snoozed was asked to cancel, or is lost: `fail` tells the two apart."""
        stopped = JobError("cancelled", "stopped as its owner asked")
        return await self.fail(worker, [Failed(job, stopped, None) for job in jobs]) if jobs else set()

    async def progress(self, worker: int, reports: Sequence[tuple[ClaimedJob, bytes]]) -> set[UUID]:
        """Store the newest progress of some runs. What storage refuses is dropped: the next report is newer."""
        texts = {job.id: text for job, text in reports}

        async def send(connection: Connection, chosen: Sequence[_Held], spots: list[Spot]) -> list[UUID]:
            sent = [texts[run.job.id] for run in chosen]
            rows = await connection.fetch(query("progress"), spots, *_keys(chosen), worker, sent)
            self._moved.update({row["id"]: row["spot"] for row in rows})
            return [row["id"] for row in rows]

        try:
            return await self._report(worker, [_Held(job) for job, _ in reports], send, ends=False)
        except REFUSED:
            if len(reports) == 1:
                return set()
            return set[UUID]().union(*[await self.progress(worker, [report]) for report in reports])

    async def note(self, worker: int, notes: Sequence[JobNote]) -> None:
        """Write into timelines, as this worker."""
        async with database(), self._engine.acquire() as connection:
            await connection.execute(
                query("note"),
                [note.job_id for note in notes],
                [note.owner for note in notes],
                [note.type for note in notes],
                [note.run for note in notes],
                [note.attempt for note in notes],
                [msgspec.json.encode(note.detail) for note in notes],
                worker,
            )

    async def beat(self, worker: int, running: Sequence[tuple[UUID, int]]) -> Beat:
        """Renew the lease on all that this worker holds."""
        async with database(), self._engine.acquire() as connection:
            row = await connection.fetchrow(
                query("beat"), worker, [job for job, _ in running], [own for _, own in running]
            )
        return Beat(alive=False) if row is None else Beat(alive=True, cancel_requested=tuple(row["cancel_asked"]))

    async def _report(
        self,
        worker: int,
        runs: "Sequence[R]",
        send: "Callable[[Connection, Sequence[R], list[Spot]], Awaitable[list[UUID]]]",
        *,
        ends: bool = True,
    ) -> set[UUID]:
        """Send a report to where the rows lie; look for those that moved, and send it again. The rest is lost."""
        accepted, rest = set[UUID](), runs
        if not runs:
            return accepted
        async with database(), self._engine.acquire() as connection:
            for _ in range(ROUNDS):
                accepted.update(await filing(connection, partial(send, connection, rest, self._spots(rest))))
                if len(accepted) == len(runs):
                    break
                left = [run for run in rest if run.job.id not in accepted]
                held = await self._locate(connection, [run.job for run in left], worker)
                rest = [run for run in left if (run.job.id, run.job.run) in held]  # the others are lost
                if not rest:
                    break
                self._moved.update({run.job.id: held[run.job.id, run.job.run] for run in rest})
        if ends and self._moved:
            self._forget(run.job.id for run in runs)
        return accepted

    def _spots(self, runs: "Sequence[R]") -> list[Spot]:
        moved = self._moved
        return [moved.get(run.job.id, run.job.spot) for run in runs] if moved else [run.job.spot for run in runs]

    async def _locate(
        self, connection: Connection, jobs: list[ClaimedJob], worker: int
    ) -> dict[tuple[UUID, int], Spot]:
        rows = await connection.fetch(query("locate"), [job.id for job in jobs], [job.owner for job in jobs], worker)
        return {(row["id"], row["run"]): row["spot"] for row in rows}

    def _forget(self, job_ids: Iterable[UUID]) -> None:
        for job_id in job_ids:
            self._moved.pop(job_id, None)


class _Held(msgspec.Struct, frozen=True):
    job: ClaimedJob


R = TypeVar("R", Completed, Failed, _Held)


def _refused(job: ClaimedJob, error: Exception) -> Failed:
    return Failed(job, JobError(OUTCOME_REFUSED, f"the database refused what became of it: {error}"), None)


def _keys(runs: "Sequence[Completed] | Sequence[Failed] | Sequence[_Held]") -> tuple[list[UUID], list[int]]:
    return [run.job.id for run in runs], [run.job.run for run in runs]


def _greatest(rows: Sequence[records.Row]) -> Iterator[tuple[int, Key]]:
    """The last of each priority: rows come in order, and 500 of them need not be looked at for three keys."""
    end = len(rows)
    while end:
        row = rows[end - 1]
        yield row["priority"], (row["place"], row["id"])
        end = bisect_left(rows, row["priority"], key=_PRIORITY)
