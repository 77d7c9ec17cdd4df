-- counts [reader]: an owner's jobs by state, $2 a state at most. $1 owner. The live side holds no more than the limit of waiting jobs
-- a user. The sides of history are read by name: `state = 5` is in no index, and would read a block of the table a job. What
-- failed and what was cancelled share a side: where they are more than 2 × $2 - 1 together, one of the two is more than $2 - 1,
-- and the other may be more than is told. Index: live_owner and finished_owner, by itself. Locks: none.
SELECT state, count(*) AS jobs FROM (
  SELECT live_state(worker_id, place, wait)::int AS state FROM live_jobs WHERE owner_id = $1) live GROUP BY state
UNION ALL
SELECT 5, count(*) FROM (SELECT FROM finished_good WHERE owner_id = $1 LIMIT $2) completed
UNION ALL
SELECT state, count(*) FROM (SELECT state FROM finished_bad WHERE owner_id = $1 LIMIT 2 * $2::bigint - 1) bad GROUP BY state
