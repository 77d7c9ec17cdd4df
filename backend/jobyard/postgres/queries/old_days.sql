-- old_days: days of $1 that ended over $2 days ago, a half detached one first: nothing else can be detached before it. One that is
-- detached counts where its comment ($3) says that retention did it: an operator may have put a day aside. Index: those of the catalog.
-- Locks: none.
SELECT quote_ident(c.relname) AS name, i.inhrelid IS NOT NULL AS attached, coalesce(i.inhdetachpending, false) AS half
FROM pg_class p JOIN pg_class c ON c.relnamespace = p.relnamespace AND c.relkind = 'r'
  LEFT JOIN pg_inherits i ON i.inhparent = p.oid AND i.inhrelid = c.oid
WHERE p.oid = $1::text::regclass AND c.relname ~ ('^' || $1 || '_[0-9]{8}$')
  AND (right(c.relname, 8) < to_char((now() AT TIME ZONE 'UTC')::date - $2::int, 'YYYYMMDD') OR i.inhdetachpending)
  AND (i.inhrelid IS NOT NULL OR obj_description(c.oid, 'pg_class') = $3)
ORDER BY half DESC, c.relname
