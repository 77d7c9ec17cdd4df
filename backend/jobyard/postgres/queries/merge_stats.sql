-- merge_stats: rows of job_stats that are older than $3 seconds become rows of $2 seconds, the earliest such slot first, $1 rows of
-- it at a time: they are added to the slot's first minute, and go. A slot is wholly as old as that: no window needs it finer.
-- Index: job_stats_minute. Locks: the row of stats_progress (roll-ups take turns with it), a row of stats_merged, its rows.
WITH turn AS MATERIALIZED (SELECT FROM stats_progress FOR UPDATE),
progress AS MATERIALIZED (
  SELECT m.merged_to, make_interval(secs => $2::int) AS width,
         greatest(m.merged_to, date_bin(make_interval(secs => $2::int), now() - make_interval(secs => $3::int), to_timestamp(0))) AS up_to
  FROM turn, stats_merged m WHERE m.seconds = $2::int FOR UPDATE OF m),
span AS MATERIALIZED (
  SELECT p.up_to, p.width, (
    SELECT date_bin(p.width, min(minute), to_timestamp(0)) FROM job_stats
    WHERE minute >= p.merged_to AND minute < p.up_to AND minute <> date_bin(p.width, minute, to_timestamp(0))) AS slot
  FROM progress p),
chosen AS MATERIALIZED (
  SELECT ARRAY(
    SELECT s.ctid FROM job_stats s WHERE s.minute > h.slot AND s.minute < h.slot + h.width LIMIT $1) AS rows
  FROM span h WHERE h.slot IS NOT NULL),
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
  SELECT (SELECT slot FROM span), owner_id, kind, submitted, completed, failed, cancelled, waits, runs
  FROM counts JOIN times USING (owner_id, kind)
  ON CONFLICT (owner_id, minute, kind) DO UPDATE SET
    submitted = s.submitted + excluded.submitted, completed = s.completed + excluded.completed,
    failed = s.failed + excluded.failed, cancelled = s.cancelled + excluded.cancelled,
    waits = stats_sum(s.waits, excluded.waits), runs = stats_sum(s.runs, excluded.runs)),
moved AS (
  UPDATE stats_merged m SET merged_to = coalesce(s.slot + s.width, s.up_to)
  FROM span s WHERE m.seconds = $2::int AND NOT EXISTS (SELECT FROM chosen WHERE cardinality(rows) = $1))
SELECT EXISTS (SELECT FROM chosen) AS more
