-- queue_names [reader]: the server's queues and an owner's own. $1 owner, $2 how many at most. It reads lanes, which is small.
-- Locks: none.
SELECT DISTINCT queue FROM lanes WHERE owner_id IS NULL OR owner_id = $1 ORDER BY queue LIMIT $2
