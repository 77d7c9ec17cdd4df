-- beat: renews the lease on all that worker $1 holds; $2 ids that it runs, $3 their owners. No row: it was taken for dead, so it
-- drops everything and registers anew. Returns what was asked to stop. Index: workers_pkey; for each job as locate.
-- Locks: its own row.
UPDATE workers SET beat_at = now(), running = $2::uuid[] WHERE id = $1 AND ended_at IS NULL
RETURNING ARRAY(
  SELECT j.id FROM unnest($2::uuid[], $3::int[]) u (id, owner_id), LATERAL (
    SELECT id FROM live_jobs WHERE id = u.id AND owner_id = u.owner_id AND worker_id = $1 AND cancel_asked OFFSET 0) j
) AS cancel_asked
