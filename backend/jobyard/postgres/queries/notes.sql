-- notes [reader]: what was noted of a job, oldest first, $4 at most. $1 id, $2 owner, $3 when it was submitted: earlier days hold
-- none. Index: job_events_job of each day since. Locks: none.
SELECT e.id, e.at, e.type, e.run, e.attempt, e.actor, w.name AS worker, e.detail
FROM (SELECT * FROM job_events WHERE job_id = $1 AND owner_id = $2 AND at >= $3 ORDER BY at, id LIMIT $4) e
LEFT JOIN workers w ON w.id = e.worker_id
ORDER BY e.at, e.id
