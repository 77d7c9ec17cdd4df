-- doctor/snapshots: who keeps dead rows from being taken away, or the statistics from being counted: transactions (of this database,
-- or of another where they write), prepared ones, standbys, and replication slots. `seconds` is NULL for the last two: they
-- have only a number of transactions. The 20 oldest of each sort. Reads the views of the server. Locks: none.
(SELECT 'transaction' AS sort, pid::text AS name, concat_ws(' ', nullif(application_name, ''), 'of', usename) AS who,
        coalesce(state, '') AS state, extract(epoch FROM now() - xact_start)::float8 AS seconds,
        greatest(age(backend_xmin), age(backend_xid))::bigint AS transactions
 FROM pg_stat_activity
 WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL
   AND (datname = current_database() AND backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
 ORDER BY xact_start LIMIT 20)
UNION ALL
(SELECT 'prepared', gid, owner::text, '', extract(epoch FROM now() - prepared)::float8, age(transaction)::bigint
 FROM pg_prepared_xacts ORDER BY prepared LIMIT 20)
UNION ALL
(SELECT 'standby', application_name, host(client_addr), state, NULL, age(backend_xmin)::bigint
 FROM pg_stat_replication WHERE backend_xmin IS NOT NULL ORDER BY 6 DESC LIMIT 20)
UNION ALL
(SELECT 'slot', slot_name::text, coalesce(plugin, slot_type)::text, CASE WHEN active THEN 'active' ELSE 'inactive' END, NULL,
        greatest(age(xmin), age(catalog_xmin))::bigint
 FROM pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
 ORDER BY 6 DESC LIMIT 20)
