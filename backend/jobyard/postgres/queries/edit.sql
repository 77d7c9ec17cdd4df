-- edit: changes a job that waits, and writes what changed into its timeline. $1 id, $2 owner, $3 priority, $4 run_at,
-- $5 max_attempts, $6 tags (NULL: stays), $7 actor. A time to come takes it out of its line; one that is over, or now, brings one
-- that waited for its time back. One that waits for jobs, or is held, goes on waiting for that.
-- Index: live_jobs_pkey. Locks: its row. No row: it is not there, or runs.
WITH old AS MATERIALIZED (
  SELECT * FROM live_jobs WHERE id = $1 AND owner_id = $2 AND worker_id IS NULL FOR UPDATE),
edited AS (
  UPDATE live_jobs j SET
    priority = coalesce($3, old.priority),
    run_at = coalesce($4, old.run_at),
    place = CASE WHEN $4 IS NULL OR old.wait IN (3, 4, 5, 6) THEN old.place WHEN $4 > now() THEN NULL
                 ELSE coalesce(old.place, now()) END,
    wait = CASE WHEN $4 IS NULL OR old.wait IN (3, 4, 5, 6) THEN old.wait WHEN $4 <= now() THEN 0
                WHEN old.wait = 2 THEN 2 ELSE 1 END,
    max_attempts = coalesce($5, old.max_attempts),
    budget = CASE WHEN old.budget = old.max_attempts THEN coalesce($5, old.budget) ELSE old.budget END,
    tags = CASE WHEN $6::text[] IS NULL THEN old.tags ELSE nullif($6::text[], '{}') END
  FROM old WHERE j.id = $1 AND j.owner_id = $2 AND j.worker_id IS NULL
  RETURNING j.*),
changes AS (
  SELECT e.id, e.owner_id, e.run, e.attempt, jsonb_strip_nulls(jsonb_build_object(
    'priority', CASE WHEN e.priority <> old.priority
      THEN jsonb_build_object('from', n.names[old.priority + 1], 'to', n.names[e.priority + 1]) END,
    'run_at', CASE WHEN e.run_at <> old.run_at THEN jsonb_build_object('from', old.run_at, 'to', e.run_at) END,
    'max_attempts', CASE WHEN e.max_attempts <> old.max_attempts
      THEN jsonb_build_object('from', old.max_attempts, 'to', e.max_attempts) END,
    'tags', CASE WHEN e.tags IS DISTINCT FROM old.tags
      THEN jsonb_build_object('from', coalesce(to_jsonb(old.tags), '[]'), 'to', coalesce(to_jsonb(e.tags), '[]')) END)) AS detail
  FROM edited e JOIN old USING (id), (SELECT '{high,medium,low}'::text[] AS names) n),
noted AS (
  INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, actor, detail)
  SELECT clock_timestamp(), id, owner_id, 'edited', run, attempt, $7::jsonb, detail FROM changes WHERE detail <> '{}')
SELECT lane, priority, place, live_state(worker_id, place, wait)::int AS state_code FROM edited
