-- holdings: all that worker $1 holds, as claim returns it. For one whose claim got no answer: it may have been granted.
-- It reads all of live_jobs: enable_seqscan is on in this transaction. Locks: none.
SELECT j.ctid::text AS spot, j.id, j.run, j.attempt, j.owner_id, j.kind, j.payload, j.options, j.max_attempts,
       extract(epoch FROM j.started_at - greatest(j.place, j.run_at))::float8 AS waited, j.priority, j.place
FROM live_jobs j WHERE j.worker_id = $1
ORDER BY j.priority, j.place, j.id
