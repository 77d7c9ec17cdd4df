-- roll_up: counts finished jobs into job_stats, each once: those of transactions from where the last roll-up ended to the oldest
-- that is still open. Every smaller transaction is over, so nothing can appear behind. Not all at once: what an old
-- transaction held back for an hour is millions of rows. $1 rows at most, beside those of one transaction; $2 transactions
-- at most: the span is halved until it holds no more than $1 rows, of which each try reads $1 + 1 at most.
-- A roll-up that waited for another with an old snapshot moves nothing back; a place of a transaction that has not been yet
-- is that of another cluster (a restored dump), and starts anew.
-- Days are read from `since` on (and one more, should the clock have stepped): nothing uncounted finished earlier, however long a
-- transaction was open. It follows in steps: transactions from `mark` on began after `mark_at`, and once all before it are counted,
-- `since` moves there, and the mark to the next transaction of now.
-- Owner 0 is everybody together. Index: finished_xid (BRIN), so bitmap scans must be on. Locks: the row of stats_progress, which
-- makes roll-ups take turns, and the rows it adds to.
WITH RECURSIVE snapshot AS MATERIALIZED (
  SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next FROM pg_current_snapshot() s),
place AS MATERIALIZED (
  SELECT rolled_to, since, rolled_to > pg_current_xact_id()::text::bigint AS is_foreign FROM stats_progress FOR UPDATE),
progress AS MATERIALIZED (
  SELECT CASE WHEN is_foreign THEN oldest ELSE rolled_to END AS rolled_to, oldest, next, is_foreign,
         CASE WHEN is_foreign THEN now() ELSE since END - interval '1 day' AS since
  FROM place, snapshot),
tried (up_to) AS (
  SELECT least(rolled_to + $2::bigint, greatest(rolled_to, oldest)) FROM progress
  UNION ALL
  SELECT p.rolled_to + (t.up_to - p.rolled_to) / 2
  FROM tried t, progress p
  WHERE t.up_to > p.rolled_to + 1 AND $1::bigint < (
    SELECT count(*) FROM (
      SELECT FROM finished_jobs f
      WHERE f.finish_xid >= p.rolled_to AND f.finish_xid < t.up_to AND f.finished_at >= (SELECT since FROM progress)
      LIMIT $1::bigint + 1) held)),
span AS MATERIALIZED (SELECT rolled_to, (SELECT min(up_to) FROM tried) AS up_to, oldest, next, is_foreign FROM progress),
finished AS (
  SELECT date_trunc('minute', f.finished_at) AS minute, f.owner_id, f.kind, f.state,
         stats_bucket(extract(epoch FROM f.started_at - f.run_at)::float8) AS wait,
         CASE WHEN f.started_at IS NOT NULL THEN stats_bucket(extract(epoch FROM f.finished_at - f.started_at)::float8) END AS run
  FROM span s JOIN finished_jobs f ON f.finish_xid >= s.rolled_to AND f.finish_xid < s.up_to
  WHERE f.finished_at >= (SELECT since FROM progress)),
counted AS (
  INSERT INTO job_stats AS s (minute, owner_id, kind, completed, failed, cancelled, waits, runs)
  SELECT minute, coalesce(owner_id, 0), kind, count(*) FILTER (WHERE state = 5), count(*) FILTER (WHERE state = 6),
         count(*) FILTER (WHERE state = 7), stats_histogram(array_agg(wait) FILTER (WHERE run IS NOT NULL)),
         stats_histogram(array_agg(run) FILTER (WHERE run IS NOT NULL))
  FROM finished GROUP BY GROUPING SETS ((minute, owner_id, kind), (minute, kind))
  ON CONFLICT (owner_id, minute, kind) DO UPDATE SET
    completed = s.completed + excluded.completed, failed = s.failed + excluded.failed,
    cancelled = s.cancelled + excluded.cancelled,
    waits = stats_sum(s.waits, excluded.waits), runs = stats_sum(s.runs, excluded.runs)),
moved AS (
  UPDATE stats_progress p SET rolled_to = s.up_to, at = now(),
    since = CASE WHEN s.is_foreign THEN now() WHEN s.up_to >= p.mark THEN p.mark_at ELSE p.since END,
    mark = CASE WHEN s.is_foreign OR s.up_to >= p.mark THEN s.next ELSE p.mark END,
    mark_at = CASE WHEN s.is_foreign OR s.up_to >= p.mark THEN now() ELSE p.mark_at END
  FROM span s)
SELECT (SELECT count(*) FROM finished) AS jobs, up_to - rolled_to AS transactions, up_to < oldest AS more FROM span
