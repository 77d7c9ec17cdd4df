-- progress: the newest report of some runs. $1 spots, $2 ids, $3 runs, $4 worker, $5 reports. Rows move: the new spots come
-- back. Index: none (TID). Locks: its rows. HOT.
UPDATE live_jobs j SET progress = u.progress
FROM unnest($1::text[]::tid[], $2::uuid[], $3::int[], $5::jsonb[]) u (spot, id, run, progress)
WHERE j.ctid = u.spot AND (j.id = u.id AND j.run = u.run AND j.worker_id = $4) IS TRUE
RETURNING j.id, j.ctid::text AS spot
