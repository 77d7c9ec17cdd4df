-- old_operations: those that ended more than $1 days ago go. It reads the table, which is small. Locks: its rows.
DELETE FROM operations WHERE finished_at < now() - make_interval(days => $1)
