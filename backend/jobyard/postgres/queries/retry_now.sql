-- retry_now: jobs that wait for their time or their backoff run now, by hand; a disabled user's are held. $1 ids, $2 owner,
-- $3 actor. Index: live_jobs_pkey, pk_users. Locks: its rows, in the order of ids.
WITH waiting AS MATERIALIZED (
  SELECT id, wait FROM live_jobs WHERE id = ANY ($1::uuid[]) AND owner_id = $2 AND worker_id IS NULL AND wait IN (1, 2)
  ORDER BY id FOR NO KEY UPDATE),
now_due AS (
  UPDATE live_jobs j SET run_at = now(), place = CASE WHEN held THEN NULL ELSE now() END, wait = CASE WHEN held THEN 6 ELSE 0 END
  FROM waiting w, is_held($2) held
  WHERE j.id = w.id AND j.owner_id = $2 AND j.worker_id IS NULL AND j.wait IN (1, 2)
  RETURNING j.id, j.run, j.attempt, j.lane, j.priority, j.place, w.wait AS waited_for),
noted AS (
  INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, actor, detail)
  SELECT clock_timestamp(), id, $2, 'retried', run, attempt, $3::jsonb,
         jsonb_build_object('from', state_name(live_state(NULL, NULL, waited_for)))
  FROM now_due)
SELECT id, lane, priority, place FROM now_due
