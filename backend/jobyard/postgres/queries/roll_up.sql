-- roll_up: counts finished jobs into job_stats, each once: those of transactions from where the last roll-up ended to the oldest
-- that is still open. Every smaller transaction is over, so nothing can appear behind. Index: finished_xid (BRIN), so bitmap
-- scans must be on. Locks: the row of stats_progress, which makes roll-ups take turns, and the rows it adds to.
WITH progress AS MATERIALIZED (
  SELECT rolled_to, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS up_to FROM stats_progress FOR UPDATE),
finished AS (
  SELECT date_trunc('minute', f.finished_at) AS minute, f.owner_id, f.kind, f.state,
         stats_bucket(extract(epoch FROM f.started_at - f.run_at)::float8) AS wait,
         CASE WHEN f.started_at IS NOT NULL THEN stats_bucket(extract(epoch FROM f.finished_at - f.started_at)::float8) END AS run
  FROM progress p JOIN finished_jobs f ON f.finish_xid >= p.rolled_to AND f.finish_xid < p.up_to
  WHERE f.finished_at >= now() - interval '2 days'),
counted AS (
  INSERT INTO job_stats AS s (minute, owner_id, kind, completed, failed, cancelled, waits, runs)
  SELECT minute, owner_id, kind, count(*) FILTER (WHERE state = 5), count(*) FILTER (WHERE state = 6),
         count(*) FILTER (WHERE state = 7), stats_histogram(array_agg(wait) FILTER (WHERE run IS NOT NULL)),
         stats_histogram(array_agg(run) FILTER (WHERE run IS NOT NULL))
  FROM finished GROUP BY minute, owner_id, kind
  ON CONFLICT (owner_id, minute, kind) DO UPDATE SET
    completed = s.completed + excluded.completed, failed = s.failed + excluded.failed,
    cancelled = s.cancelled + excluded.cancelled,
    waits = stats_sum(s.waits, excluded.waits), runs = stats_sum(s.runs, excluded.runs)),
moved AS (UPDATE stats_progress SET rolled_to = p.up_to, at = now() FROM progress p)
SELECT count(*) FROM finished
