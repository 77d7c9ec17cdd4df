"""Why jobs wait, asked in the words of the claim."""

import time
from uuid import UUID

from jobyard.domain.job import JobState, Wait
from jobyard.domain.user import Viewer
from jobyard.ports import MOST_AHEAD, WaitingFacts
from jobyard.postgres.connections import Connection, Pool, database
from jobyard.postgres.queries import query
from jobyard.postgres.records import Row

READ_AHEAD = 20_000
"""So many jobs before one are read for the count of its owner's own: beyond them it is a lower bound."""

RATE_SECONDS = 10.0
"""How long the rate of late is remembered."""

LONG_AGO = float("-inf")


class PostgresWaitingJobs:
    """The WaitingJobs of ports/, on a pool of readers. `lease_seconds`: for how long a silent worker is alive."""

    def __init__(self, readers: Pool, lease_seconds: float) -> None:
        self._readers = readers
        self._lease_seconds = lease_seconds
        self._rate: float | None = None
        self._rate_read_at = LONG_AGO

    async def facts(self, viewer: Viewer, job_id: UUID) -> WaitingFacts | None:
        """Of a job of the viewer's; None where there is none."""
        async with database(), self._readers.acquire() as connection:
            for _ in range(2):  # between the two looks it may have ended, or have been brought back
                row = await connection.fetchrow(query("why"), job_id, viewer.key, self._lease_seconds, READ_AHEAD)
                if row is not None:
                    return _facts(row, await self._rate_of_late(connection))
                row = await connection.fetchrow(ENDED, job_id, viewer.key)
                if row is not None:
                    return _ended(row)
        return None

    async def _rate_of_late(self, connection: Connection) -> float | None:
        if time.monotonic() - self._rate_read_at > RATE_SECONDS:
            self._rate = await connection.fetchval(query("rate_of_late"))
            self._rate_read_at = time.monotonic()
        return self._rate


ENDED = """
SELECT f.state, f.kind, q.queue, f.run_at, now() AS now FROM finished_jobs f JOIN lanes q ON q.id = f.lane
WHERE f.id = $1 AND f.owner_id = $2 LIMIT 1"""


def _facts(row: Row, rate: float | None) -> WaitingFacts:
    return WaitingFacts(
        state=JobState.from_code(row["state_code"]),
        wait=Wait(row["wait"]),
        kind=row["kind"],
        queue=row["queue"],
        run_at=row["run_at"],
        now=row["now"],
        cancel_requested=row["cancel_asked"],
        is_served=row["is_served"],
        runs_alone=row["runs_alone"],
        unfinished_before=row["unfinished_before"],
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        worker=row["worker"],
        ahead_mine=min(row["ahead_mine"], MOST_AHEAD),
        ahead_all=min(row["ahead_all"], MOST_AHEAD),
        jobs_a_second=rate,
    )


def _ended(row: Row) -> WaitingFacts:
    state = JobState.from_code(row["state"])
    return WaitingFacts(state, Wait.NONE, row["kind"], row["queue"], row["run_at"], row["now"])
