-- stats_times [reader]: finished jobs by bucket, kind and step of the histograms of waiting and running. $1 owner (0: everybody),
-- $2 from when, $3 seconds of a bucket. Index: job_stats_pkey. Locks: none.
SELECT date_bin(make_interval(secs => $3), s.minute, to_timestamp(0)) AS start, s.kind, t.step::int AS step,
       sum(t.waits)::bigint AS waits, sum(t.runs)::bigint AS runs
FROM job_stats s, unnest(s.waits, s.runs) WITH ORDINALITY t (waits, runs, step)
WHERE s.owner_id = $1 AND s.minute >= $2 AND (t.waits > 0 OR t.runs > 0) GROUP BY 1, 2, 3
