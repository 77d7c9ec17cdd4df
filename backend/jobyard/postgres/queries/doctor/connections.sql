-- doctor/connections: how many connections we may have (max_connections without those that are kept for superusers and, since 16,
-- for pg_use_reserved_connections; the limits of the user and of the database), how many others have, and how many workers beat
-- less than $1 seconds ago. Index: workers_alive. Locks: none.
SELECT current_setting('max_connections')::int AS most,
       current_setting('superuser_reserved_connections')::int
         + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
       (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS of_user,
       (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS of_database,
       (SELECT count(*)::int FROM pg_stat_activity
        WHERE datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend' -- NULL: it may not be seen
          AND application_name NOT LIKE 'jobyard-%') AS of_others,
       (SELECT count(*)::int FROM workers
        WHERE ended_at IS NULL AND NOT over_http AND beat_at > now() - make_interval(secs => $1)) AS workers
