-- append_logs: lines of runs that worker $1 holds; of others none. $2 jobs, $3 owners, $4 runs, $5 attempts, $6 numbers, $7 seconds
-- since they were logged, $8 levels, $9 messages, $10 whether it may be there already, one each a line.
-- Index: live_jobs_pkey or live_owner, as `locate`; job_logs_job where it may be there. Locks: none beyond its new rows.
INSERT INTO job_logs (at, job_id, owner_id, run, number, attempt, level, message)
SELECT clock_timestamp() - make_interval(secs => least(u.age, 86400)), u.job_id, u.owner_id, u.run, u.number, u.attempt,
       u.level, u.message
FROM unnest($2::uuid[], $3::int[], $4::int[], $5::smallint[], $6::int[], $7::float8[], $8::smallint[], $9::text[], $10::boolean[])
  u (job_id, owner_id, run, attempt, number, age, level, message, unsure),
  LATERAL (SELECT FROM live_jobs WHERE id = u.job_id AND owner_id = u.owner_id AND run = u.run AND worker_id = $1 OFFSET 0) held
WHERE NOT u.unsure OR NOT EXISTS (
  SELECT FROM job_logs l WHERE l.job_id = u.job_id AND l.run = u.run AND l.number = u.number)
