-- retry_now: a job that waits for its time or its backoff runs now, by hand. $1 id, $2 owner. Index: live_jobs_pkey.
-- Locks: the row.
UPDATE live_jobs SET place = now(), run_at = now(), wait = 0
WHERE id = $1 AND owner_id = $2 AND worker_id IS NULL AND wait IN (1, 2)
RETURNING lane, priority, place
