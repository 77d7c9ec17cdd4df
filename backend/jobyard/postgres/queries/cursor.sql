-- cursor [reader]: the oldest transaction still open, and which database this is. Hand it out before the first page is read.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin, clock_timestamp() AS at,
       (SELECT system_identifier FROM pg_control_system()) AS system
