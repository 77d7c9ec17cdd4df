-- standing [reader]: the states of those of these jobs that an owner has. $1 ids, $2 owner. Index: live_jobs_pkey;
-- finished_owner. Locks: none.
SELECT a.id, j.state_code FROM unnest($1::uuid[]) a (id), LATERAL (
  SELECT live_state(worker_id, place, wait)::int AS state_code FROM live_jobs WHERE id = a.id AND owner_id = $2
  UNION ALL
  SELECT state FROM finished_jobs WHERE id = a.id AND owner_id = $2 LIMIT 1) j
