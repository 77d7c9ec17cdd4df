-- let_go: of these followers ($1), jobs that wait for nothing more go into their line, or wait for their time.
-- Index: live_jobs_pkey, follows_follower. Locks: their rows.
UPDATE live_jobs j SET place = CASE WHEN run_at > now() THEN NULL ELSE now() END, wait = CASE WHEN run_at > now() THEN 1 ELSE 0 END
WHERE id = ANY ($1::uuid[]) AND wait = 3 AND worker_id IS NULL AND NOT EXISTS (SELECT FROM follows f WHERE f.follower = j.id)
RETURNING id, owner_id, lane, priority, place
