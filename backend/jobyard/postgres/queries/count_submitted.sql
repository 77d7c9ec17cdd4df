-- count_submitted: counts submits into job_stats, each once: by the time of their rows, from where it ended the last time to where
-- no transaction can add any more. A job is found where it is now, by its id, which its server's clock made: $1 seconds earlier
-- than its row at most, $2 later. $3 seconds at a time. Its transaction may have been open for a minute: one that has been for
-- longer submits nothing (a submit has a time-out of 30 s). $4 seconds stay uncounted until the next time.
-- For statistics alone: how many jobs a user has waiting, for the limit, `waiting` counts, however old they are. Nobody led for two
-- days: what was submitted before those is not in the statistics.
-- Index: live_jobs_pkey; finished_id (BRIN), so bitmap scans must be on. Locks: the row of stats_progress, the rows it adds to.
WITH progress AS MATERIALIZED (
  SELECT greatest(submitted_to, now() - interval '2 days') AS since FROM stats_progress FOR UPDATE),
span AS MATERIALIZED (
  SELECT since, greatest(since, least(
    since + make_interval(secs => $3), now() - make_interval(secs => $4),
    (SELECT min(xact_start) - interval '1 second' FROM pg_stat_activity
     WHERE datname = current_database() AND xact_start > now() - interval '1 minute' AND pid <> pg_backend_pid()))) AS up_to
  FROM progress),
submitted AS (
  SELECT date_trunc('minute', j.created_at) AS minute, j.owner_id, j.kind FROM span s, LATERAL (
    SELECT owner_id, kind, created_at FROM live_jobs
    WHERE id >= first_id(s.since - make_interval(secs => $1)) AND id < first_id(s.up_to + make_interval(secs => $2))
    UNION ALL
    SELECT owner_id, kind, created_at FROM finished_jobs
    WHERE id >= first_id(s.since - make_interval(secs => $1)) AND id < first_id(s.up_to + make_interval(secs => $2))
      AND finished_at >= s.since) j
  WHERE j.created_at >= s.since AND j.created_at < s.up_to),
counted AS (
  INSERT INTO job_stats AS s (minute, owner_id, kind, submitted, waits, runs)
  SELECT minute, coalesce(owner_id, 0), kind, count(*), stats_histogram(NULL), stats_histogram(NULL)
  FROM submitted GROUP BY GROUPING SETS ((minute, owner_id, kind), (minute, kind))
  ON CONFLICT (owner_id, minute, kind) DO UPDATE SET submitted = s.submitted + excluded.submitted),
moved AS (UPDATE stats_progress SET submitted_to = s.up_to FROM span s)
SELECT (SELECT count(*) FROM submitted) AS jobs, up_to - since >= make_interval(secs => $3) AS more FROM span
