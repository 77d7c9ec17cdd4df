-- complete: moves rows to history. $1 spots, $2 ids, $3 runs (array literals: for an array the client looks at each of 500
-- elements, a literal is one join), $4 worker, $5 results (NULL: none has any), $6 how many. Rows are found by TID, and id, run and
-- worker are tested in (…) IS TRUE, so that no index matches them: there is one possible plan. Index: none. Locks: its rows.
-- Answers how many moved, and where that is fewer than asked, which: `locate` the rest and repeat. A row can be deleted
-- once, so a job finishes once.
WITH over AS (
  DELETE FROM live_jobs j USING unnest($1::text::tid[], $2::text::uuid[], $3::text::int[], $5::jsonb[]) u (spot, id, run, result)
  WHERE j.ctid = u.spot AND (j.id = u.id AND j.run = u.run AND j.worker_id = $4) IS TRUE
  RETURNING j.*, u.result, clock_timestamp() AS ended),
inbox AS (
  INSERT INTO notifications (at, owner_id, state, job_id, kind)
  SELECT ended, owner_id, 5, id, kind FROM over WHERE notify),
moved AS (
INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, limit_key, owner_id, lane, worker_id, run,
  priority, state, attempt, max_attempts, budget, crashes, notify, id, batch_id, schedule_id, kind, unique_key, payload,
  options, tags, attempts, result)
SELECT run_at, created_at, started_at, ended, (SELECT pg_current_xact_id()::text::bigint), limit_key, owner_id,
  lane, worker_id, run, priority, 5, attempt, max_attempts, budget, crashes, notify, id, batch_id, schedule_id, kind,
  unique_key, payload, options, tags, attempts, result
FROM over
RETURNING id)
SELECT count(*) AS moved, CASE WHEN count(*) < $6::int THEN array_agg(id) END AS ids FROM moved
