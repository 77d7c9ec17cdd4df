-- discard: forgets a finished job, its timeline, its logs and what the inbox tells of it. $1 id, $2 owner. One that others
-- wait for stays until they are settled. Index: finished_owner, job_events_job, job_logs_job, followed_pkey,
-- notifications_owner (all of the owner's: about 1,000). Locks: its rows.
WITH gone AS (
  DELETE FROM finished_jobs WHERE id = $1 AND owner_id = $2 AND NOT EXISTS (SELECT FROM followed WHERE job_id = $1)
  RETURNING id, owner_id),
events AS (DELETE FROM job_events e USING gone g WHERE e.job_id = g.id AND e.owner_id = g.owner_id),
lines AS (DELETE FROM job_logs l USING gone g WHERE l.job_id = g.id AND l.owner_id = g.owner_id),
told AS (DELETE FROM notifications n USING gone g WHERE n.owner_id = g.owner_id AND n.job_id = g.id)
SELECT id FROM gone
