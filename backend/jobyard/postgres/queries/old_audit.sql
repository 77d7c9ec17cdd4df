-- old_audit: takes lines of the audit trail away that are older than $1 days, of the $2 oldest: it never reads more, whatever is
-- there. Index: pk_audit (ids are by time). Locks: its rows.
DELETE FROM audit WHERE id = ANY (ARRAY(SELECT id FROM audit ORDER BY id LIMIT $2)) AND at < now() - make_interval(days => $1)
RETURNING id
