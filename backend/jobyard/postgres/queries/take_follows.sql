-- take_follows: takes up to $2 followers of jobs that have ended ($1); what is live again (a retry by hand) is left. `state` is
-- how the job ended, NULL where it was deleted; a follower has the owner of the job that it follows.
-- First step of settling, in its transaction and under its lock.
-- Index: followed_pkey, live_jobs_pkey, finished_owner, follows_pkey. Locks: the rows in followed; skips those that others hold.
WITH held AS MATERIALIZED (
  SELECT job_id, owner_id FROM followed WHERE job_id = ANY ($1::uuid[]) ORDER BY job_id FOR UPDATE SKIP LOCKED),
over AS MATERIALIZED (
  SELECT h.job_id, h.owner_id, (SELECT d.state FROM finished_jobs d WHERE d.owner_id = h.owner_id AND d.id = h.job_id LIMIT 1) AS state
  FROM held h WHERE NOT EXISTS (
    SELECT FROM live_jobs j WHERE j.id = h.job_id AND j.owner_id = h.owner_id OFFSET 0)),
chosen AS MATERIALIZED (
  SELECT o.job_id, f.follower, o.owner_id, o.state FROM over o JOIN follows f USING (job_id) ORDER BY o.job_id LIMIT $2),
taken AS (
  DELETE FROM follows f USING chosen c WHERE f.job_id = c.job_id AND f.follower = c.follower
  RETURNING f.job_id, f.follower, c.owner_id, c.state)
SELECT job_id, follower, owner_id, state::int FROM taken
UNION ALL
SELECT job_id, NULL, owner_id, state::int FROM over
