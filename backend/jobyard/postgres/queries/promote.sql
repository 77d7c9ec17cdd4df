-- promote: up to $1 jobs whose time has come get a place. Index: live_due. Locks: its rows, skips held ones.
UPDATE live_jobs SET place = run_at, wait = 0
WHERE ctid = ANY (ARRAY(SELECT ctid FROM live_jobs WHERE place IS NULL AND wait IN (1, 2) AND run_at <= now()
                        ORDER BY run_at LIMIT $1 FOR UPDATE SKIP LOCKED))
  AND place IS NULL
RETURNING id, lane, priority, place, owner_id
