-- claim_alone: one job that was lost twice, for a process that holds nothing else. $1 worker, $2 lane, $3 kinds.
-- Index: live_alone. Locks: as claim.
UPDATE live_jobs j SET worker_id = $1, run = j.run + 1, attempt = j.attempt + 1, started_at = clock_timestamp()
WHERE j.ctid = ANY (ARRAY(SELECT ctid FROM live_jobs WHERE lane = $2 AND place IS NOT NULL AND crashes >= 2
                            AND worker_id IS NULL AND kind = ANY ($3::text[])
                          ORDER BY place, id LIMIT 1 FOR UPDATE SKIP LOCKED))
  AND j.worker_id IS NULL AND j.place IS NOT NULL
RETURNING j.ctid::text AS spot, j.id, j.run, j.attempt, j.owner_id, j.kind, j.payload, j.options, j.max_attempts,
          extract(epoch FROM j.started_at - greatest(j.place, j.run_at))::float8 AS waited, j.priority, j.place
