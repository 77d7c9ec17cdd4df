-- owned_tables: every table, or day of one, whose rows name their owner ($1: by which columns), the table that a day is of,
-- whether an index leads to an owner's rows, and how large it is: what the export and the deletion of an account go through.
-- Reads the catalogue. Locks: nothing.
SELECT c.oid::regclass::text AS name, quote_ident(a.attname) AS owner,
       coalesce(pg_partition_root(c.oid), c.oid)::regclass::text AS root,
       EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
               WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indpred IS NULL AND i.indisvalid
                 AND m.amname = 'btree') AS indexed,
       pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ANY ($1::text[]) AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname
