-- old_stats: statistics older than $1 days go, 10,000 rows at a time. Index: job_stats_minute. Locks: its rows.
DELETE FROM job_stats WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM job_stats WHERE minute < now() - make_interval(days => $1) ORDER BY minute LIMIT 10000))
