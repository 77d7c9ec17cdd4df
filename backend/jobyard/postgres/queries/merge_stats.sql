-- merge_stats: minutes that are older than a day become hours, the earliest hour first, $1 rows of it at a time: they are added to
-- the hour's first minute, and go. Index: job_stats_minute. Locks: the row of stats_progress, its rows.
WITH progress AS MATERIALIZED (SELECT merged_to FROM stats_progress FOR UPDATE),
span AS MATERIALIZED (
  SELECT date_trunc('hour', (SELECT min(minute) FROM job_stats WHERE minute >= p.merged_to), 'UTC') AS hour FROM progress p),
chosen AS MATERIALIZED (
  SELECT ARRAY(
    SELECT s.ctid FROM job_stats s
    WHERE s.minute > h.hour AND s.minute < h.hour + interval '1 hour' LIMIT $1) AS rows
  FROM span h WHERE h.hour + interval '25 hours' < now()),
gone AS (DELETE FROM job_stats WHERE ctid = ANY (ARRAY(SELECT unnest(rows) FROM chosen)) RETURNING *),
counts AS (
  SELECT owner_id, kind, sum(submitted)::int AS submitted, sum(completed)::int AS completed, sum(failed)::int AS failed,
         sum(cancelled)::int AS cancelled
  FROM gone GROUP BY owner_id, kind),
times AS (
  SELECT owner_id, kind, array_agg(waits ORDER BY step) AS waits, array_agg(runs ORDER BY step) AS runs
  FROM (SELECT owner_id, kind, step, sum(coalesce(waits, 0))::int AS waits, sum(coalesce(runs, 0))::int AS runs
        FROM (SELECT g.owner_id, g.kind, t.* FROM gone g, unnest(g.waits, g.runs) WITH ORDINALITY t (waits, runs, step)) each_step
        GROUP BY owner_id, kind, step) steps
  GROUP BY owner_id, kind),
added AS (
  INSERT INTO job_stats AS s (minute, owner_id, kind, submitted, completed, failed, cancelled, waits, runs)
  SELECT (SELECT hour FROM span), owner_id, kind, submitted, completed, failed, cancelled, waits, runs
  FROM counts JOIN times USING (owner_id, kind)
  ON CONFLICT (owner_id, minute, kind) DO UPDATE SET
    submitted = s.submitted + excluded.submitted, completed = s.completed + excluded.completed,
    failed = s.failed + excluded.failed, cancelled = s.cancelled + excluded.cancelled,
    waits = stats_sum(s.waits, excluded.waits), runs = stats_sum(s.runs, excluded.runs)),
moved AS (
  UPDATE stats_progress SET merged_to = (SELECT hour + interval '1 hour' FROM span)
  WHERE EXISTS (SELECT FROM chosen WHERE cardinality(rows) < $1))
SELECT EXISTS (SELECT FROM chosen) AS more
