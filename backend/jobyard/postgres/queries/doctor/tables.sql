-- doctor/tables: dead rows of our tables, the share that they are, when they were vacuumed, and whether somebody has switched that
-- off. Reads the views of the server. Locks: none.
SELECT s.relname::text AS name, s.n_dead_tup AS dead, s.n_live_tup AS live,
       extract(epoch FROM now() - greatest(s.last_autovacuum, s.last_vacuum))::float8 AS seconds,
       EXISTS (SELECT FROM pg_options_to_table(c.reloptions)
               WHERE option_name = 'autovacuum_enabled' AND NOT option_value::boolean) AS is_off
FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
WHERE c.relnamespace = current_schema()::regnamespace
ORDER BY s.n_dead_tup DESC, s.relname
