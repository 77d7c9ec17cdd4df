-- counts [reader]: an owner's jobs by state, $2 a state at most. $1 owner. The live side holds no more than the limit of waiting jobs
-- a user. Index: live_owner and finished_owner; each side of history by itself. Locks: none.
SELECT state, count(*) AS jobs FROM (
  SELECT live_state(worker_id, place, wait)::int AS state FROM live_jobs WHERE owner_id = $1) live GROUP BY state
UNION ALL
SELECT 5, count(*) FROM (SELECT FROM finished_jobs WHERE owner_id = $1 AND state = 5 LIMIT $2) completed
UNION ALL
SELECT 6, count(*) FROM (SELECT FROM finished_jobs WHERE owner_id = $1 AND state = 6 LIMIT $2) failed
UNION ALL
SELECT 7, count(*) FROM (SELECT FROM finished_jobs WHERE owner_id = $1 AND state = 7 LIMIT $2) cancelled
