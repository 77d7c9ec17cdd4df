-- watched [reader]: owners who have a live socket on another node than $1. Locks: none.
SELECT DISTINCT owner_id FROM watchers WHERE until > now() AND node <> $1
