-- snooze: back to scheduled for $5 seconds, no attempt used. $1 spot, $2 id, $3 run, $4 worker. One asked to cancel is not
-- snoozed: fail it. Index: none (TID). Locks: its row.
UPDATE live_jobs SET worker_id = NULL, place = NULL, wait = 1, run_at = now() + make_interval(secs => $5),
  attempt = attempt - 1, progress = NULL,
  attempts = add_attempt(attempts, run, attempt, worker_id, started_at, 'snoozed', NULL)
WHERE ctid = $1::text::tid AND (id = $2 AND run = $3 AND worker_id = $4) IS TRUE AND NOT cancel_asked
RETURNING id
