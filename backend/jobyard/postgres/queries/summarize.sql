-- summarize: lets the BRIN indexes of the newest history know of new rows, so that replay and roll-up need not read them all.
-- Yesterday's too: its last rows came after its last summary. Autosummarize cannot keep up and floods the log. Locks: the indexes, beside readers and writers.
SELECT sum(brin_summarize_new_values(i.indexrelid::regclass))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam JOIN pg_class t ON t.oid = i.indrelid
WHERE a.amname = 'brin' AND c.relkind = 'i' AND t.relname LIKE 'finished\_%'
  AND t.relname >= 'finished_' AND right(t.relname, 8) >= to_char(now() AT TIME ZONE 'UTC' - interval '1 day', 'YYYYMMDD')
