-- attempts [reader]: the runs of one job that are kept in its row, and the names of their workers. $1 id, $2 owner.
-- Index: live_jobs_pkey; finished_owner. Locks: none.
SELECT j.state_code, j.run, j.attempt, j.started_at, j.finished_at, w.name AS worker, j.attempts,
       (SELECT jsonb_object_agg(k.id, k.name) FROM workers k
        WHERE k.id IN (SELECT (e -> 'worker')::int FROM jsonb_array_elements(j.attempts) e
                       WHERE jsonb_typeof(e -> 'worker') = 'number')) AS names
FROM jobs j LEFT JOIN workers w ON w.id = j.worker_id
WHERE j.id = $1 AND j.owner_id = $2
LIMIT 1
