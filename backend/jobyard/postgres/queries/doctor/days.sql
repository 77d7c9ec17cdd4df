-- doctor/days: which tables by day have no partition for which day, of today and $1 days ahead. Reads the catalogue. Locks: none.
SELECT ahead, array_agg(c.relname::text ORDER BY c.relname) AS tables
FROM pg_partitioned_table b JOIN pg_class c ON c.oid = b.partrelid, generate_series(0, $1::int) ahead
WHERE b.partstrat = 'r' AND c.relnamespace = current_schema()::regnamespace
  AND to_regclass(quote_ident(c.relname || to_char((now() AT TIME ZONE 'UTC')::date + ahead, '_YYYYMMDD'))) IS NULL
GROUP BY ahead ORDER BY ahead
