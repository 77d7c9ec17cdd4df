-- note: writes into timelines. $1 jobs, $2 owners, $3 types, $4 runs, $5 attempts, $6 details, $7 worker.
-- Locks: none beyond its new rows.
INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, worker_id, detail)
SELECT clock_timestamp(), job_id, owner_id, type, run, attempt, $7, detail
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::int[], $6::jsonb[])
  u (job_id, owner_id, type, run, attempt, detail)
