-- doctor/sees_all: whether this user sees what sessions of other users do. Locks: none.
SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all
