-- next_due: seconds until the next job's time comes, or NULL. Index: live_due. Locks: none.
SELECT extract(epoch FROM run_at - clock_timestamp())::float8 FROM live_jobs
WHERE place IS NULL AND wait IN (1, 2) ORDER BY run_at LIMIT 1
