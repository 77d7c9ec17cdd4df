-- retry_finished: brings a failed or cancelled job back, by hand. $1 id, $2 owner. attempt and run count on; lost twice
-- before: it runs alone at once. 23505: its unique key is taken. Index: finished_owner of the failed side. Locks: the row.
WITH again AS (DELETE FROM finished_jobs WHERE id = $1 AND owner_id = $2 AND state IN (6, 7) RETURNING *)
INSERT INTO live_jobs (place, run_at, created_at, started_at, limit_key, owner_id, lane, run, priority, attempt, max_attempts,
  budget, crashes, notify, notify_bad, id, batch_id, schedule_id, kind, unique_key, payload, options, tags, attempts)
SELECT now(), now(), created_at, started_at, limit_key, owner_id, lane, run, priority, attempt, attempt + budget, budget,
  least(crashes, 2), notify, notify_bad, id, batch_id, schedule_id, kind, unique_key, payload, options, tags, attempts
FROM again
RETURNING lane, priority, place
