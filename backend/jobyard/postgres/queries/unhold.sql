-- unhold: up to $2 held jobs of an owner ($1) who is enabled again go back into their line, or wait for their time, newest first
-- below $3. Index: live_owner. `IS TRUE` keeps the planner from live_parked and live_jobs_pkey, which have everybody's.
-- One waits for its time here only if it was put off while it was held (edit): what waited for a time or a backoff before was not in
-- line, and was never held. Locks: its rows, skips held ones.
UPDATE live_jobs SET place = CASE WHEN run_at > now() THEN NULL ELSE run_at END, wait = CASE WHEN run_at > now() THEN 1 ELSE 0 END
WHERE ctid = ANY (ARRAY(SELECT ctid FROM live_jobs WHERE NOT is_held($1) AND owner_id BETWEEN $1 AND $1 AND (id < $3) IS TRUE
                          AND (place IS NULL AND wait = 6) IS TRUE
                        ORDER BY owner_id, id DESC LIMIT $2 FOR UPDATE SKIP LOCKED))
  AND (place IS NULL AND wait = 6) IS TRUE
RETURNING id, lane, priority, place, owner_id
