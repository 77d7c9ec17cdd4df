-- let_go: of these followers ($1) of some owners ($2), jobs that wait for nothing more go into their line, or wait for their
-- time; those of a disabled user are held. Index: live_jobs_pkey, follows_follower. Locks: their rows.
UPDATE live_jobs j SET (place, wait) = (SELECT CASE WHEN held OR j.run_at > now() THEN NULL ELSE now() END,
                                               CASE WHEN j.run_at > now() THEN 1 WHEN held THEN 6 ELSE 0 END
                                        FROM is_held(j.owner_id) held)
WHERE id = ANY ($1::uuid[]) AND owner_id = ANY ($2::int[]) AND wait = 3 AND worker_id IS NULL
  AND NOT EXISTS (SELECT FROM follows f WHERE f.follower = j.id)
RETURNING id, owner_id, lane, priority, place
