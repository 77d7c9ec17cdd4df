-- watch: these owners ($2) have a socket on node $1 for the next $3 seconds; rows of others and of nodes that are gone fall.
-- Locks: its rows.
WITH gone AS (DELETE FROM watchers WHERE (node = $1 AND owner_id <> ALL ($2::int[])) OR until < now())
INSERT INTO watchers (node, owner_id, until) SELECT $1, owner_id, now() + make_interval(secs => $3) FROM unnest($2::int[]) owner_id
ON CONFLICT (node, owner_id) DO UPDATE SET until = excluded.until
