-- live_counts: how many unfinished jobs there are by queue (NULL: users' own), state and priority, and for how long the first of
-- those in line has waited. $1 jobs at most of each line, of each lane's that were lost twice, and of each sort that is not in
-- line; $2 lanes at most, the server's first. A queue without jobs has a row without a state. By the indexes of the engine, from
-- the head of each: what is before it in a table or an index does not matter, nor how many are behind.
-- It reads lanes.
-- Index: live_claim, live_alone, live_due, live_limit, live_parked, follows_follower with live_jobs_pkey. Locks: none.
WITH line AS MATERIALIZED (
  SELECT id, CASE WHEN owner_id IS NULL THEN queue END AS queue FROM lanes ORDER BY owner_id NULLS FIRST, id LIMIT $2),
found AS (
  SELECT l.id AS lane, live_state(worker_id, place, 0::smallint) AS state, j.priority, count(*) AS jobs,
         min(place) FILTER (WHERE worker_id IS NULL) AS first
  FROM line l CROSS JOIN generate_series(0, 2) p, LATERAL (
    SELECT place, worker_id, priority FROM live_jobs
    WHERE lane = l.id AND priority = p::smallint AND place IS NOT NULL AND crashes < 2 ORDER BY place, id LIMIT $1) j
  GROUP BY 1, 2, 3
  UNION ALL
  SELECT l.id, live_state(worker_id, place, 0::smallint), j.priority, count(*), min(place) FILTER (WHERE worker_id IS NULL)
  FROM line l, LATERAL (
    SELECT place, worker_id, priority FROM live_jobs
    WHERE lane = l.id AND place IS NOT NULL AND crashes >= 2 ORDER BY place, id LIMIT $1) j
  GROUP BY 1, 2, 3
  UNION ALL
  SELECT lane, live_state(NULL, NULL, wait), priority, count(*), NULL FROM (
    (SELECT lane, wait, priority FROM live_jobs WHERE place IS NULL AND wait IN (1, 2) ORDER BY run_at LIMIT $1)
    UNION ALL
    (SELECT lane, wait, priority FROM live_jobs WHERE place IS NULL AND wait = 4 ORDER BY limit_key LIMIT $1)
    UNION ALL
    (SELECT lane, wait, priority FROM live_jobs WHERE place IS NULL AND wait IN (5, 6) ORDER BY lane, kind LIMIT $1)
    UNION ALL
    (SELECT j.lane, j.wait, j.priority
     FROM (SELECT DISTINCT follower FROM (SELECT follower FROM follows ORDER BY follower LIMIT $1) f) f
     JOIN live_jobs j ON j.id = f.follower WHERE j.place IS NULL AND j.wait = 3)) away
  GROUP BY 1, 2, 3)
SELECT l.queue, f.state, f.priority, coalesce(sum(f.jobs), 0)::bigint AS jobs,
       extract(epoch FROM now() - min(f.first))::float8 AS oldest_seconds
FROM line l LEFT JOIN found f ON f.lane = l.id
GROUP BY l.queue, f.state, f.priority
