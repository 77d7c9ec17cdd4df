-- stats_fresh [reader]: jobs that were submitted since count_submitted counted them, by bucket and kind. $1 owner (NULL: everybody),
-- $2 since when, $3 seconds of a bucket, $4 how many at most of either side, $5 seconds by which an id may be older than its row.
-- Days that ended before are not even opened, since $2 is given. Index: live_owner and finished_owner; for everybody
-- live_jobs_pkey and finished_id. Locks: none.
SELECT date_bin(make_interval(secs => $3), created_at, to_timestamp(0)) AS start, kind, count(*) AS submitted
FROM (
  (SELECT kind, created_at FROM live_jobs
   WHERE /* include of_owner */ AND id >= first_id($2::timestamptz - make_interval(secs => $5)) AND created_at >= $2
   LIMIT $4)
  UNION ALL
  (SELECT kind, created_at FROM finished_jobs
   WHERE /* include of_owner */ AND id >= first_id($2::timestamptz - make_interval(secs => $5)) AND created_at >= $2
     AND finished_at >= $2
   LIMIT $4)) fresh
GROUP BY 1, 2
