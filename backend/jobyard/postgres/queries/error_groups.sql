-- error_groups [reader]: an owner's failed jobs in groups of one fingerprint each, among the newest $15 of the failed side that are
-- read; the largest first. $1..$14 as in page_newest, also for everybody. Index: finished_owner of the failed side. Locks: none.
WITH scan AS MATERIALIZED (
  SELECT *, (SELECT queue FROM lanes WHERE lanes.id = lane) AS queue FROM (
    SELECT /* include finished_columns */
    FROM finished_jobs WHERE /* include of_owner_ended */ AND id > $13 AND id < $14 AND state = ANY ('{6,7}'::smallint[])
    ORDER BY id DESC LIMIT $15) newest),
failed AS (
  SELECT id, kind, finished_at, error, error_fingerprint(kind, error) AS fingerprint
  FROM (SELECT *, last_error(attempts) AS error FROM scan WHERE state_code = 6 AND
/* include matches */) matching)
SELECT coalesce(fingerprint, '') AS fingerprint, kind, coalesce((array_agg(error ->> 'type' ORDER BY id DESC))[1], '') AS type,
       coalesce((array_agg(error ->> 'message' ORDER BY id DESC))[1], '') AS message, count(*) AS count,
       min(finished_at) AS first_seen, max(finished_at) AS last_seen, (array_agg(id ORDER BY id DESC))[1] AS sample_job_id
FROM failed GROUP BY fingerprint, kind
ORDER BY count(*) DESC, max(finished_at) DESC, fingerprint
