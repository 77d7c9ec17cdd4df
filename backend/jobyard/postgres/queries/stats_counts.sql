-- stats_counts [reader]: counted jobs in a window by bucket and kind; with each the window's bounds, and since when submits in it are not
-- counted yet. Where there are none, one row without a kind. $1 owner (0: everybody), $2 seconds of a bucket, $3 of the window.
-- Index: job_stats_pkey. Locks: none.
WITH span AS MATERIALIZED (
  SELECT make_interval(secs => $2) AS width,
         date_bin(make_interval(secs => $2), now() - make_interval(secs => $3), to_timestamp(0)) AS begin,
         date_bin(make_interval(secs => $2), now(), to_timestamp(0)) + make_interval(secs => $2) AS ends)
SELECT s.begin, s.ends, greatest(s.begin, (SELECT submitted_to FROM stats_progress)) AS fresh_since, c.*
FROM span s LEFT JOIN LATERAL (
  SELECT date_bin(s.width, minute, to_timestamp(0)) AS start, kind, sum(submitted)::bigint AS submitted,
         sum(completed)::bigint AS completed, sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled
  FROM job_stats WHERE owner_id = $1 AND minute >= s.begin GROUP BY 1, 2) c ON true
