-- workers: those that are alive (beat less than $1 seconds ago), newest first below $2, $3 of them, each with the jobs that it
-- told of with its last beat and holds still. Index: workers_alive, live_jobs_pkey, pk_users. Locks: none.
SELECT w.id, w.name, w.over_http, w.kinds, w.slots, w.started_at, w.beat_at, j.ids, j.job_kinds, j.owners, j.started
FROM (SELECT * FROM workers WHERE ended_at IS NULL AND beat_at > now() - make_interval(secs => $1) AND id < $2
      ORDER BY id DESC LIMIT $3) w,
LATERAL (
  SELECT coalesce(array_agg(l.id ORDER BY l.started_at, l.id), '{}') AS ids,
         coalesce(array_agg(l.kind ORDER BY l.started_at, l.id), '{}') AS job_kinds,
         coalesce(array_agg(u.id ORDER BY l.started_at, l.id), '{}') AS owners,
         coalesce(array_agg(l.started_at ORDER BY l.started_at, l.id), '{}') AS started
  FROM unnest(w.running) AS told (id) JOIN live_jobs l ON l.id = told.id AND l.worker_id = w.id
  JOIN users u ON u.key = l.owner_id) j
ORDER BY w.id DESC
