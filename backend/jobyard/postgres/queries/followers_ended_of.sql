-- followers_ended_of: as followers_ended, for jobs of some owners ($1), $2 of each at most and in all.
-- Index: followed_owner, live_jobs_pkey. Locks: none.
WITH looked AS MATERIALIZED (
  SELECT f.job_id, o.owner_id FROM unnest($1::int[]) o (owner_id),
    LATERAL (SELECT job_id FROM followed WHERE owner_id = o.owner_id ORDER BY job_id LIMIT $2) f
  LIMIT $2)
SELECT ARRAY(SELECT job_id FROM looked l WHERE NOT EXISTS (
         SELECT FROM live_jobs j WHERE j.id = l.job_id AND j.owner_id = l.owner_id OFFSET 0)) AS ended,
       NULL::uuid AS reached,
       (SELECT count(*)::int FROM looked) AS number
