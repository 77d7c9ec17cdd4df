-- retry_finished: brings failed and cancelled jobs back, by hand. $1 ids, $2 owner, $3 actor. attempt and run count on; lost twice
-- before: it runs alone at once. A disabled user's job (of an operation that goes on) is held. What stays where it is: one whose
-- budget would go beyond what its column holds (retried_out tells); one whose unique key an unfinished job has, or another of these
-- (looked up one by one: NOT EXISTS would be hashed, of all that the owner has unfinished). 23505: the key was taken meanwhile: repeat.
-- Index: finished_owner of the failed side; live_unique; pk_users. Locks: its rows.
WITH chosen AS MATERIALIZED (
  SELECT f.id FROM (
    SELECT id, unique_key, row_number() OVER (PARTITION BY unique_key ORDER BY id) AS number
    FROM finished_jobs WHERE id = ANY ($1::uuid[]) AND owner_id = $2 AND state IN (6, 7) AND attempt::int + budget <= 32767) f
  LEFT JOIN LATERAL (SELECT true AS taken FROM live_jobs WHERE owner_id = $2 AND unique_key = f.unique_key LIMIT 1) twin ON true
  WHERE f.unique_key IS NULL OR f.number = 1 AND twin.taken IS NULL),
again AS (
  DELETE FROM finished_jobs
  WHERE id = ANY (ARRAY(SELECT id FROM chosen)) AND owner_id = $2 AND state IN (6, 7)
  RETURNING *),
noted AS (
  INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, actor, detail)
  SELECT clock_timestamp(), id, owner_id, 'retried', run, attempt, $3::jsonb, jsonb_build_object('from', state_name(state))
  FROM again)
INSERT INTO live_jobs (place, wait, run_at, created_at, started_at, limit_key, owner_id, lane, run, priority, attempt, max_attempts,
  budget, crashes, notify, notify_bad, id, batch_id, schedule_id, kind, unique_key, payload, options, tags, attempts)
SELECT CASE WHEN held THEN NULL ELSE now() END, CASE WHEN held THEN 6 ELSE 0 END, now(), created_at, started_at, limit_key,
  owner_id, lane, run, priority, attempt, attempt + budget, budget, least(crashes, 2), notify, notify_bad, id, batch_id, schedule_id,
  kind, unique_key, payload, options, tags, attempts
FROM again, is_held($2) held
RETURNING id, lane, priority, place
