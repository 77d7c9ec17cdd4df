-- operation: one of an owner. $1 id, $2 owner. Index: operations_pkey. Locks: none.
SELECT id, verb, state, changed, skipped, created_at, finished_at, error FROM operations WHERE id = $1 AND owner_id = $2
