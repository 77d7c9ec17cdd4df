-- followers_ended: looks at $2 jobs that others wait for, by id, above $1: which of them are not live any more? Answers these,
-- the last one it looked at, and how many. Index: followed_pkey; live_jobs_pkey, row by row (OFFSET 0), whatever is thought of
-- the table. Locks: none.
WITH looked AS MATERIALIZED (SELECT job_id, owner_id FROM followed WHERE job_id > $1 ORDER BY job_id LIMIT $2)
SELECT ARRAY(SELECT job_id FROM looked l WHERE NOT EXISTS (
         SELECT FROM live_jobs j WHERE j.id = l.job_id AND j.owner_id = l.owner_id OFFSET 0)) AS ended,
       (SELECT job_id FROM looked ORDER BY job_id DESC LIMIT 1) AS reached,
       (SELECT count(*)::int FROM looked) AS number
