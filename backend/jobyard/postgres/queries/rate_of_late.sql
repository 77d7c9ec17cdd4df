-- rate_of_late [reader]: how many jobs a second have ended in the five minutes before this one, of all owners; NULL: none.
-- Index: job_stats_minute. Locks: none.
SELECT sum(completed + failed + cancelled)::float8 / 300 FROM job_stats
WHERE minute >= date_trunc('minute', now()) - interval '5 minutes' AND minute < date_trunc('minute', now()) AND owner_id <> 0
