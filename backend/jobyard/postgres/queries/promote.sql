-- promote: up to $1 jobs whose time has come get a place; those of a disabled user are held instead (place NULL).
-- Index: live_due, pk_users. Locks: its rows, skips held ones.
UPDATE live_jobs SET (place, wait) = (SELECT CASE WHEN held THEN NULL ELSE run_at END, CASE WHEN held THEN 6 ELSE 0 END
                                      FROM is_held(owner_id) held)
WHERE ctid = ANY (ARRAY(SELECT ctid FROM live_jobs WHERE place IS NULL AND wait IN (1, 2) AND run_at <= now()
                        ORDER BY run_at LIMIT $1 FOR UPDATE SKIP LOCKED))
  AND place IS NULL
RETURNING id, lane, priority, place, owner_id
