-- story [reader]: what the timeline of one job is put together from, but for its notes; as `attempts`, with who submitted it.
-- $1 id, $2 owner. Index: live_jobs_pkey; finished_owner. Locks: none.
SELECT j.state_code, j.run, j.attempt, j.created_at, j.started_at, j.finished_at, j.schedule_id, w.name AS worker, j.attempts,
       u.id AS owner_uuid, coalesce(nullif(u.name, ''), u.email) AS owner_name,
       (SELECT jsonb_object_agg(k.id, k.name) FROM workers k
        WHERE k.id IN (SELECT (e -> 'worker')::int FROM jsonb_array_elements(j.attempts) e
                       WHERE jsonb_typeof(e -> 'worker') = 'number')) AS names
FROM jobs j JOIN users u ON u.key = j.owner_id LEFT JOIN workers w ON w.id = j.worker_id
WHERE j.id = $1 AND j.owner_id = $2
LIMIT 1
