-- cancel_ask: running jobs should stop. $1 ids, $2 owner, $3 actor. The holder learns of it by a nudge, and by its next beat at the
-- latest. Who asks again is not noted again. Index: live_jobs_pkey. Locks: its rows. HOT.
WITH running AS MATERIALIZED (
  SELECT id, cancel_asked FROM live_jobs WHERE id = ANY ($1::uuid[]) AND owner_id = $2 AND worker_id IS NOT NULL
  ORDER BY id FOR NO KEY UPDATE),
asked AS (
  UPDATE live_jobs j SET cancel_asked = true FROM running r
  WHERE j.id = r.id AND j.owner_id = $2 AND j.worker_id IS NOT NULL
  RETURNING j.id, j.worker_id, j.run, j.attempt, r.cancel_asked AS again),
noted AS (
  INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, actor)
  SELECT clock_timestamp(), id, $2, 'cancel_requested', run, attempt, $3::jsonb FROM asked WHERE NOT again)
SELECT id, worker_id, run FROM asked
