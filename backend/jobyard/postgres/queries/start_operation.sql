-- start_operation: a change of many that the leader goes on with, for jobs that were submitted before it. $1 id, $2 owner, $3 verb,
-- $4 filter, $5 actor, $6 how many of one owner may be under way: no row comes back where they are.
-- Index: operations_owner. Locks: none beyond its new row; two at the same time may pass the limit by one.
INSERT INTO operations (id, owner_id, verb, filter, actor, place)
SELECT $1, $2, $3, $4::jsonb, $5::jsonb, first_id(now() + interval '1 day')
WHERE (SELECT count(*) FROM operations WHERE owner_id = $2 AND state = 'running') < $6
RETURNING id, verb, state, changed, skipped, created_at, finished_at, error
