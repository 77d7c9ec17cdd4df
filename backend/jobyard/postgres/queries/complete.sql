-- complete: moves rows to history. $1 spots, $2 ids, $3 runs, $4 worker, $5 results. Rows are found by TID, and id, run and
-- worker are tested in (…) IS TRUE, so that no index matches them: there is one possible plan. Index: none.
-- Fewer rows than asked: `locate` the rest and repeat. A row can be deleted once, so a job finishes once. Locks: its rows.
WITH over AS (
  DELETE FROM live_jobs j USING unnest($1::tid[], $2::uuid[], $3::int[], $5::jsonb[]) u (spot, id, run, result)
  WHERE j.ctid = u.spot AND (j.id = u.id AND j.run = u.run AND j.worker_id = $4) IS TRUE
  RETURNING j.*, u.result),
inbox AS (
  INSERT INTO notifications (at, owner_id, state, job_id, kind)
  SELECT clock_timestamp(), owner_id, 5, id, kind FROM over WHERE notify)
INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, limit_key, owner_id, lane, worker_id, run,
  priority, state, attempt, max_attempts, budget, crashes, notify, id, batch_id, schedule_id, kind, unique_key, payload,
  options, tags, attempts, result)
SELECT run_at, created_at, started_at, clock_timestamp(), (SELECT pg_current_xact_id()::text::bigint), limit_key, owner_id,
  lane, worker_id, run, priority, 5, attempt, max_attempts, budget, crashes, notify, id, batch_id, schedule_id, kind,
  unique_key, payload, options, tags, attempts, result
FROM over
RETURNING id
