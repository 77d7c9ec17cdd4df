-- discard_many: forgets finished jobs, their timelines, their logs and what the inbox tells of them. $1 ids, $2 owner. One
-- that others wait for stays until they are settled. Index: finished_owner, job_events_job, job_logs_job, followed_pkey,
-- notifications_owner (all of the owner's: about 1,000). Locks: its rows.
WITH gone AS (
  DELETE FROM finished_jobs f WHERE id = ANY ($1::uuid[]) AND owner_id = $2
    AND NOT EXISTS (SELECT FROM followed w WHERE w.job_id = f.id)
  RETURNING id),
events AS (DELETE FROM job_events WHERE job_id = ANY (ARRAY(SELECT id FROM gone)) AND owner_id = $2),
lines AS (DELETE FROM job_logs WHERE job_id = ANY (ARRAY(SELECT id FROM gone)) AND owner_id = $2),
told AS (DELETE FROM notifications WHERE owner_id = $2 AND job_id = ANY (ARRAY(SELECT id FROM gone)))
SELECT id FROM gone
