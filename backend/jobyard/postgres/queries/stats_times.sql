-- stats_times [reader]: finished jobs by bucket, kind and step of the histograms of waiting and running. $1 owner (0: everybody),
-- $2 from when, $3 seconds of a bucket. Index: job_stats_pkey. Locks: none.
SELECT date_bin(make_interval(secs => $3), s.minute, to_timestamp(0)) AS start, s.kind, t.waited, t.step::int AS step,
       sum(t.jobs)::bigint AS jobs
FROM job_stats s, LATERAL (
  SELECT true AS waited, step, jobs FROM unnest(s.waits) WITH ORDINALITY w (jobs, step) WHERE jobs > 0
  UNION ALL
  SELECT false, step, jobs FROM unnest(s.runs) WITH ORDINALITY r (jobs, step) WHERE jobs > 0) t
WHERE s.owner_id = $1 AND s.minute >= $2 GROUP BY 1, 2, 3, 4
