-- stats_fresh [reader]: jobs that were submitted since count_submitted counted them, by bucket and kind. $1 owner (NULL: everybody),
-- $2 from when, $3 seconds of a bucket, $4 how many at most of either side, $5 seconds by which an id may be older than its row.
-- Index: live_owner and finished_owner; for everybody live_jobs_pkey and finished_id. Locks: none.
WITH since AS MATERIALIZED (SELECT greatest(submitted_to, $2::timestamptz) AS at FROM stats_progress)
SELECT date_bin(make_interval(secs => $3), created_at, to_timestamp(0)) AS start, kind, count(*) AS submitted
FROM since, LATERAL (
  (SELECT kind, created_at FROM live_jobs
   WHERE ($1::int IS NULL OR owner_id = $1) AND id >= first_id(since.at - make_interval(secs => $5)) AND created_at >= since.at
   LIMIT $4)
  UNION ALL
  (SELECT kind, created_at FROM finished_jobs
   WHERE ($1::int IS NULL OR owner_id = $1) AND id >= first_id(since.at - make_interval(secs => $5)) AND created_at >= since.at
     AND finished_at >= since.at
   LIMIT $4)) fresh
GROUP BY 1, 2
