-- fail_operation: it cannot go on. $1 id, $2 why. Index: operations_pkey. Locks: its row.
UPDATE operations SET state = 'failed', error = $2, finished_at = now(), updated_at = now() WHERE id = $1 AND state = 'running'
