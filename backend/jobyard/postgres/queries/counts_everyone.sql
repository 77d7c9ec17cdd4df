-- counts_everyone [reader]: as counts, for all owners: $1 a state of history at most, and $2 unfinished jobs in all, whichever come
-- first. No index: it reads that many rows from the beginning of each side. Locks: none.
SELECT state, count(*) AS jobs FROM (
  SELECT live_state(worker_id, place, wait)::int AS state FROM live_jobs LIMIT $2) live GROUP BY state
UNION ALL
SELECT 5, count(*) FROM (SELECT FROM finished_good LIMIT $1) completed
UNION ALL
SELECT state, count(*) FROM (SELECT state FROM finished_bad LIMIT 2 * $1::bigint - 1) bad GROUP BY state
