-- logs [reader]: lines of a job, run by run. $1 id, $2 owner, $3 when it was submitted: earlier days hold none, $4 and $5 the run and
-- the number after which they lie, $6 how many at most. Index: job_logs_job of each day since, merged. Locks: none.
SELECT run, number, at, level, message, attempt FROM job_logs
WHERE job_id = $1 AND owner_id = $2 AND at >= $3 AND (run, number) > ($4::int, $5::int)
ORDER BY run, number LIMIT $6
