-- next_operation: the one that has waited longest for its next batch, for this transaction alone. Index: operations_running.
-- Locks: its row; skips those that others go on with.
SELECT id, owner_id, verb, filter, actor, place FROM operations WHERE state = 'running'
ORDER BY updated_at LIMIT 1 FOR UPDATE SKIP LOCKED
