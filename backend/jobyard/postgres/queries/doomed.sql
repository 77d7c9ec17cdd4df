-- doomed: of these followers ($1) of some owners ($3), those that are to be cancelled since a job that they waited for ($2)
-- did not complete. What else they wait for is forgotten, and the timeline says why. Index: live_jobs_pkey, follows_follower. Locks: their rows.
WITH doomed AS MATERIALIZED (
  SELECT j.id, j.owner_id, j.run, j.attempt, u.because FROM unnest($1::uuid[], $2::uuid[]) u (id, because), LATERAL (
    SELECT id, owner_id, run, attempt FROM live_jobs l
    WHERE l.id = u.id AND owner_id = ANY ($3::int[]) AND wait = 3 AND worker_id IS NULL
      AND coalesce(options ->> 'after_fails', 'cancel') = 'cancel'
    OFFSET 0 FOR UPDATE) j),
forgotten AS (DELETE FROM follows f USING doomed d WHERE f.follower = d.id),
noted AS (
  INSERT INTO job_events (at, job_id, owner_id, type, run, attempt, actor, detail)
  SELECT clock_timestamp(), id, owner_id, 'cancelled', run, attempt, '{"kind": "system"}'::jsonb,
         jsonb_build_object('after', because)
  FROM doomed)
SELECT DISTINCT id, owner_id FROM doomed
