-- cancel_operation: it ends after the batch that is under way, for which this waits. $1 id, $2 owner. Index: operations_pkey.
-- Locks: its row.
UPDATE operations SET state = 'cancelled', finished_at = now(), updated_at = now()
WHERE id = $1 AND owner_id = $2 AND state = 'running'
RETURNING id
