-- fail: $1 spots, $2 ids, $3 runs, $4 worker, $5 errors, $6 seconds until the retry (NULL: for good; the retry policy
-- decided), $7 outcomes ('failed', 'timed_out'). A job that was asked to cancel becomes cancelled; one that is
-- asked during the statement comes back as not done: locate, repeat. Index: none (TID), as complete. Locks: its rows.
WITH u AS MATERIALIZED (
  SELECT * FROM unnest($1::text[]::tid[], $2::uuid[], $3::int[], $5::jsonb[], $6::float8[], $7::text[])
    u (spot, id, run, error, delay, outcome)),
over AS (
  DELETE FROM live_jobs j USING u
  WHERE j.ctid = u.spot AND (j.id = u.id AND j.run = u.run AND j.worker_id = $4) IS TRUE
    AND (u.delay IS NULL OR j.cancel_asked)
  RETURNING j.*, u.error, u.outcome, CASE WHEN j.cancel_asked THEN 7 ELSE 6 END AS state,
    clock_timestamp() AS ended),
inbox AS (
  INSERT INTO notifications (at, owner_id, state, job_id, kind, error)
  SELECT ended, owner_id, state, id, kind, CASE state WHEN 6 THEN left(error ->> 'message', 500) END
  FROM over WHERE coalesce(notify_bad & CASE state WHEN 7 THEN 4 ELSE 2 END > 0, notify)),
filed AS (
  INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, limit_key, owner_id, lane, worker_id,
    run, priority, state, attempt, max_attempts, budget, crashes, notify, notify_bad, id, batch_id, schedule_id, kind,
    unique_key, payload, options, tags, attempts)
  SELECT run_at, created_at, started_at, ended, (SELECT pg_current_xact_id()::text::bigint), limit_key, owner_id,
    lane, worker_id, run, priority, state, attempt, max_attempts, budget, crashes, notify, notify_bad, id, batch_id,
    schedule_id, kind, unique_key, payload, options, tags,
    add_attempt(attempts, run, attempt, worker_id, started_at, CASE state WHEN 7 THEN 'cancelled' ELSE outcome END,
                CASE state WHEN 7 THEN NULL ELSE error END)
  FROM over RETURNING id, state),
again AS (
  UPDATE live_jobs j SET worker_id = NULL, place = NULL, wait = 2, run_at = now() + make_interval(secs => u.delay),
    progress = NULL, attempts = add_attempt(j.attempts, j.run, j.attempt, j.worker_id, j.started_at, u.outcome, u.error)
  FROM u WHERE j.ctid = u.spot AND (j.id = u.id AND j.run = u.run AND j.worker_id = $4) IS TRUE
    AND u.delay IS NOT NULL AND NOT j.cancel_asked
  RETURNING j.id)
SELECT id, state::int FROM filed UNION ALL SELECT id, 4 FROM again
