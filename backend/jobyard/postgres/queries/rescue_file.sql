-- rescue_file: lost jobs that end here: lost for the third time ('poison'), or asked to cancel. Third step of rescue, in the
-- transaction of the two before. It reads all of live_jobs: enable_seqscan and enable_hashjoin are on in this transaction.
-- A claim that a dying worker commits later is found by the next rescue. A holder that is not in workers (its row was deleted by
-- hand, or the database was put together of two backups) is lost as well: nobody else would ever take its jobs. Locks: its rows.
WITH lost AS MATERIALIZED (
  SELECT j.id, j.run FROM live_jobs j LEFT JOIN workers w ON w.id = j.worker_id
  WHERE j.worker_id IS NOT NULL AND (w.id IS NULL OR w.ended_at IS NOT NULL)
  UNION ALL SELECT job_id, run FROM leases WHERE until = '-infinity'),
over AS (
  DELETE FROM live_jobs j USING lost l
  WHERE j.id = l.id AND j.run = l.run AND j.worker_id IS NOT NULL AND (j.crashes >= 2 OR j.cancel_asked)
  RETURNING j.*, CASE WHEN j.cancel_asked THEN 7 ELSE 6 END AS state,
    clock_timestamp() AS ended),
inbox AS (
  INSERT INTO notifications (at, owner_id, state, job_id, kind, error)
  SELECT ended, owner_id, state, id, kind, CASE state WHEN 6 THEN 'its worker died three times while it ran' END
  FROM over WHERE coalesce(notify_bad & CASE state WHEN 7 THEN 4 ELSE 2 END > 0, notify))
INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, limit_key, owner_id, lane, worker_id, run,
  priority, state, attempt, max_attempts, budget, crashes, notify, notify_bad, id, batch_id, schedule_id, kind, unique_key,
  payload, options, tags, attempts)
SELECT run_at, created_at, started_at, ended, (SELECT pg_current_xact_id()::text::bigint), limit_key, owner_id,
  lane, worker_id, run, priority, state, attempt - 1, max_attempts, budget, crashes + 1, notify, notify_bad, id, batch_id,
  schedule_id, kind, unique_key, payload, options, tags,
  add_attempt(attempts, run, attempt, worker_id, started_at, 'lost', CASE state WHEN 6
    THEN '{"type": "poison", "message": "its worker died three times while it ran"}'::jsonb END)
FROM over
RETURNING id, owner_id, kind
