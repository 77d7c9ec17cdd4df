-- unregister: worker $1 has gone. What it still holds is released by the next rescue. Index: workers_pkey. Locks: its row.
UPDATE workers SET ended_at = now(), running = '{}' WHERE id = $1 AND ended_at IS NULL
