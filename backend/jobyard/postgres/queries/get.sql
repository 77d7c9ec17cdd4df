-- get [reader]: one job of an owner. $1 id, $2 owner. Index: live_jobs_pkey; finished_owner. Locks: none.
SELECT j.id, u.id AS owner_uuid, j.owner_id, j.kind, l.queue, j.state_code, j.priority, j.attempt, j.max_attempts, j.crashes,
       j.run, j.run_at, j.created_at, j.started_at, j.finished_at, j.cancel_asked, j.options, last_error(j.attempts) AS error,
       j.progress, j.tags, j.unique_key, j.schedule_id, j.batch_id, w.name AS worker, j.payload, j.result
FROM jobs j JOIN users u ON u.key = j.owner_id JOIN lanes l ON l.id = j.lane LEFT JOIN workers w ON w.id = j.worker_id
WHERE j.id = $1 AND j.owner_id = $2
LIMIT 1
