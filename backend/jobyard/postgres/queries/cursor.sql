-- cursor [reader]: which transactions are over, and which database this is. Hand it out before the first page is read.
-- xmin: the oldest still open; xmax: the first not begun; open: between the two. Locks: none.
SELECT pg_snapshot_xmin(s)::text::bigint AS xmin, pg_snapshot_xmax(s)::text::bigint AS xmax,
       ARRAY (SELECT x::text::bigint FROM pg_snapshot_xip(s) x) AS open, clock_timestamp() AS at,
       (SELECT system_identifier FROM pg_control_system()) AS system
FROM pg_current_snapshot() s
