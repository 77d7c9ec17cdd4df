-- cancel_ask: running jobs should stop. $1 ids, $2 owner. The holder learns of it by a nudge, and by its next beat at the
-- latest. Index: live_jobs_pkey. Locks: its rows. HOT.
UPDATE live_jobs SET cancel_asked = true WHERE id = ANY ($1::uuid[]) AND owner_id = $2 AND worker_id IS NOT NULL
RETURNING id, worker_id, run
