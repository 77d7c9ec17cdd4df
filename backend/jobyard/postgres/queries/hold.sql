-- hold: up to $2 jobs of a disabled owner ($1) that stand in line leave it, newest first below $3. What runs goes on.
-- Index: live_owner, whose order `BETWEEN` and both columns name: live_jobs_pkey has that of the ids, and everybody's.
-- Locks: its rows, skips held ones.
UPDATE live_jobs SET place = NULL, wait = 6
WHERE ctid = ANY (ARRAY(SELECT ctid FROM live_jobs WHERE is_held($1) AND owner_id BETWEEN $1 AND $1 AND id < $3
                          AND place IS NOT NULL AND worker_id IS NULL
                        ORDER BY owner_id, id DESC LIMIT $2 FOR UPDATE SKIP LOCKED))
  AND place IS NOT NULL AND worker_id IS NULL
RETURNING id, lane, priority, place, owner_id
