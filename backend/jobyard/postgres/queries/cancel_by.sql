-- cancel_by: ends jobs that are not running, at once, because somebody said so. $1 ids, $2 owner, $3 actor. Not there, not this
-- owner's, or running: no row comes back. Index: live_jobs_pkey. Locks: its rows.
WITH over AS (
  DELETE FROM live_jobs WHERE id = ANY ($1::uuid[]) AND owner_id = $2 AND worker_id IS NULL
  RETURNING *, clock_timestamp() AS ended),
inbox AS (
  INSERT INTO notifications (at, owner_id, state, job_id, kind)
  SELECT ended, owner_id, 7, id, kind FROM over WHERE coalesce(notify_bad & 4 > 0, notify)),
noted AS (
  INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, actor)
  SELECT ended, id, owner_id, 'cancelled', run, attempt, $3::jsonb FROM over)
INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, limit_key, owner_id, lane, worker_id, run,
  priority, state, attempt, max_attempts, budget, crashes, notify, notify_bad, id, batch_id, schedule_id, kind, unique_key,
  payload, options, tags, attempts)
SELECT run_at, created_at, started_at, ended, (SELECT pg_current_xact_id()::text::bigint), limit_key, owner_id,
  lane, NULL, run, priority, 7, attempt, max_attempts, budget, crashes, notify, notify_bad, id, batch_id, schedule_id, kind,
  unique_key, payload, options, tags, attempts
FROM over
RETURNING id
