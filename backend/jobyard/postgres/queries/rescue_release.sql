-- rescue_release: all other lost jobs go back to their old place, or are held where their owner is disabled; `crashes` counts,
-- `attempt` does not. Fourth step of rescue. Index: pk_users. Locks: its rows.
WITH lost AS MATERIALIZED (
  SELECT j.id, j.run FROM live_jobs j LEFT JOIN workers w ON w.id = j.worker_id
  WHERE j.worker_id IS NOT NULL AND (w.id IS NULL OR w.ended_at IS NOT NULL)
  UNION ALL SELECT job_id, run FROM leases WHERE until = '-infinity')
UPDATE live_jobs j SET worker_id = NULL, attempt = j.attempt - 1, crashes = j.crashes + 1, progress = NULL,
  (place, wait) = (SELECT CASE WHEN held THEN NULL ELSE j.place END, CASE WHEN held THEN 6 ELSE j.wait END
                   FROM is_held(j.owner_id) held),
  attempts = add_attempt(j.attempts, j.run, j.attempt, j.worker_id, j.started_at, 'lost', NULL)
FROM lost l WHERE j.id = l.id AND j.run = l.run AND j.worker_id IS NOT NULL AND j.crashes < 2 AND NOT j.cancel_asked
RETURNING j.id, j.owner_id, j.kind, j.lane, j.priority, j.place
