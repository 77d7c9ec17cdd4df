"""What a user of a test leaves behind: jobs that wait, and jobs that have ended."""

from typing import Any

ECHO = {"kind": "demo.echo", "payload": {"value": "mine"}, "tags": ["mine"]}
LATER = ECHO | {"delay_seconds": 3600}


async def finish_one(database: Any) -> None:
    """A job of each sort of end, with a timeline and log lines, as a worker would leave them."""
    await database.execute(
        """
        WITH over AS (DELETE FROM live_jobs WHERE id = (SELECT id FROM live_jobs ORDER BY id LIMIT 1) RETURNING *),
        gone AS (
          INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, owner_id, lane, run,
            priority, state, attempt, max_attempts, budget, crashes, notify, id, kind, payload)
          SELECT run_at, created_at, now(), now(), 1, owner_id, lane, 1,
            priority, 5, 1, max_attempts, budget, 0, true, id, kind, payload
          FROM over RETURNING id, owner_id),
        events AS (
          INSERT INTO job_events (at, job_id, owner_id, run, attempt, type)
          SELECT now(), id, owner_id, 1, 1, 'edited' FROM gone)
        INSERT INTO job_stats (minute, owner_id, kind, waits, runs)
        SELECT now(), owner_id, 'demo.echo', '{}', '{}' FROM gone
        """
    )
