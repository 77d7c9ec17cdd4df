-- release: back at its old place, no attempt used: at a stop, and what was claimed and found no slot; a disabled user's job is
-- held. One asked to cancel is not released: fail it. $1 spots, $2 ids, $3 runs, $4 worker. Index: none (TID), pk_users. Locks: its
-- rows. HOT, but for what is held.
UPDATE live_jobs j SET worker_id = NULL, attempt = j.attempt - 1, progress = NULL,
  (place, wait) = (SELECT CASE WHEN held THEN NULL ELSE j.place END, CASE WHEN held THEN 6 ELSE j.wait END
                   FROM is_held(j.owner_id) held),
  attempts = add_attempt(j.attempts, j.run, j.attempt, j.worker_id, j.started_at, 'released', NULL)
FROM unnest($1::text[]::tid[], $2::uuid[], $3::int[]) u (spot, id, run)
WHERE j.ctid = u.spot AND (j.id = u.id AND j.run = u.run AND j.worker_id = $4) IS TRUE AND NOT j.cancel_asked
RETURNING j.id, j.lane, j.priority, j.place
