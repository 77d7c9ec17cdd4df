-- stats_counts [reader]: counted jobs by bucket and kind. $1 owner (0: everybody), $2 from when, $3 seconds of a bucket.
-- Index: job_stats_pkey. Locks: none.
SELECT date_bin(make_interval(secs => $3), minute, to_timestamp(0)) AS start, kind, sum(submitted)::bigint AS submitted,
       sum(completed)::bigint AS completed, sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled
FROM job_stats WHERE owner_id = $1 AND minute >= $2 GROUP BY 1, 2
