-- page [reader]: an owner's jobs, newest first. $1 owner, $2 below this id, $3 states, $4 rows to read at most, $5 rows to
-- answer at most, $6 priorities, $7 kinds, $8 queues, $9 tags (NULL: any). Every row says how many were read and the last id
-- reached, also when nothing matched, so that the next page can go on from there.
-- Index: live_owner and finished_owner, merged; states prune the sides of history. Locks: none.
WITH scan AS MATERIALIZED (
  SELECT * FROM (
    (SELECT id, owner_id, lane, kind, live_state(worker_id, place, wait) AS state_code, priority, attempt, max_attempts,
            crashes, run, run_at, created_at, started_at, NULL::timestamptz AS finished_at, cancel_asked, options, attempts,
            progress, tags, unique_key, schedule_id, batch_id, worker_id
     FROM live_jobs WHERE owner_id = $1 AND id < $2 AND $3::smallint[] && '{1,2,3,4}'::smallint[]
     ORDER BY id DESC LIMIT $4)
    UNION ALL
    (SELECT id, owner_id, lane, kind, state, priority, attempt, max_attempts,
            crashes, run, run_at, created_at, started_at, finished_at, false, options, attempts,
            NULL, tags, unique_key, schedule_id, batch_id, worker_id
     FROM finished_jobs WHERE owner_id = $1 AND id < $2 AND state = ANY ($3::smallint[])
     ORDER BY id DESC LIMIT $4)) sides
  ORDER BY id DESC LIMIT $4)
SELECT s.scanned, s.reached,
       j.id, u.id AS owner_uuid, j.owner_id, j.kind, j.queue, j.state_code, j.priority, j.attempt, j.max_attempts, j.crashes,
       j.run, j.run_at, j.created_at, j.started_at, j.finished_at, j.cancel_asked, j.options, last_error(j.attempts) AS error,
       j.progress, j.tags, j.unique_key, j.schedule_id, j.batch_id, w.name AS worker
FROM (SELECT count(*) AS scanned, (SELECT id FROM scan ORDER BY id LIMIT 1) AS reached FROM scan) s
LEFT JOIN LATERAL (
  SELECT scan.*, lanes.queue FROM scan JOIN lanes ON lanes.id = scan.lane
  WHERE state_code = ANY ($3::smallint[]) AND ($6::smallint[] IS NULL OR priority = ANY ($6::smallint[]))
    AND ($7::text[] IS NULL OR kind = ANY ($7::text[])) AND ($8::text[] IS NULL OR queue = ANY ($8::text[]))
    AND ($9::text[] IS NULL OR tags && $9::text[])
  ORDER BY scan.id DESC LIMIT $5) j ON true
LEFT JOIN users u ON u.key = j.owner_id
LEFT JOIN workers w ON w.id = j.worker_id
ORDER BY j.id DESC
