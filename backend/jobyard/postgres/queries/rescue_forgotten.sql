-- rescue_forgotten: jobs that a live worker holds and has not known of for twice the lease ($1 seconds): the answer to its claim
-- was lost, and it could not look for it. A disabled user's are held. It reads all of live_jobs, once a minute. Index: pk_users.
-- Locks: its rows.
UPDATE live_jobs j SET worker_id = NULL, attempt = j.attempt - 1, progress = NULL,
  (place, wait) = (SELECT CASE WHEN held THEN NULL ELSE j.place END, CASE WHEN held THEN 6 ELSE j.wait END
                   FROM is_held(j.owner_id) held),
  attempts = add_attempt(j.attempts, j.run, j.attempt, j.worker_id, j.started_at, 'lost', NULL)
FROM workers w
WHERE w.id = j.worker_id AND w.ended_at IS NULL AND NOT w.over_http AND NOT j.cancel_asked
  AND j.started_at < w.beat_at - 2 * make_interval(secs => $1) AND j.id <> ALL (w.running)
RETURNING j.id, j.owner_id, j.kind, j.lane, j.priority, j.place
