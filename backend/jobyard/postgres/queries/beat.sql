-- beat: renews the lease on all that worker $1 holds; $2 ids that it runs. No row: it was taken for dead, so it drops
-- everything and registers anew. Returns what was asked to stop. Index: both primary keys. Locks: its own row.
UPDATE workers SET beat_at = now(), running = $2::uuid[] WHERE id = $1 AND ended_at IS NULL
RETURNING ARRAY(SELECT id FROM live_jobs WHERE id = ANY ($2::uuid[]) AND worker_id = $1 AND cancel_asked) AS cancel_asked
