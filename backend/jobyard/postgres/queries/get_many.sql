-- get_many [reader]: jobs of several owners, without payload and result. $1 ids, $2 their owners (the same length).
-- Index: live_jobs_pkey; finished_owner. Locks: none.
SELECT j.id, u.id AS owner_uuid, j.owner_id, j.kind, l.queue, j.state_code, j.priority, j.attempt, j.max_attempts, j.crashes,
       j.run, j.run_at, j.created_at, j.started_at, j.finished_at, j.cancel_asked, j.options, last_error(j.attempts) AS error,
       j.progress, j.tags, j.unique_key, j.schedule_id, j.batch_id, w.name AS worker
FROM unnest($1::uuid[], $2::int[]) a (id, owner_id)
JOIN LATERAL (
  SELECT id, owner_id, lane, kind, live_state(worker_id, place, wait) AS state_code, priority, attempt, max_attempts, crashes,
         run, run_at, created_at, started_at, NULL::timestamptz AS finished_at, cancel_asked, options, attempts, progress,
         tags, unique_key, schedule_id, batch_id, worker_id
  FROM live_jobs WHERE id = a.id AND owner_id = a.owner_id
  UNION ALL
  SELECT id, owner_id, lane, kind, state, priority, attempt, max_attempts, crashes,
         run, run_at, created_at, started_at, finished_at, false, options, attempts, NULL,
         tags, unique_key, schedule_id, batch_id, worker_id
  FROM finished_jobs WHERE id = a.id AND owner_id = a.owner_id
) j ON true
JOIN users u ON u.key = j.owner_id JOIN lanes l ON l.id = j.lane LEFT JOIN workers w ON w.id = j.worker_id
