-- doctor/schema: the migration that the database is at (NULL: it has none), and tables of ours that this user does not own.
-- Locks: none.
SELECT current_user AS who,
       ARRAY(SELECT relname::text FROM pg_class
             WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace AND NOT pg_has_role(relowner, 'USAGE')
             ORDER BY relname LIMIT 3) AS of_others,
       to_regclass('alembic_versions') IS NOT NULL AS is_migrated
