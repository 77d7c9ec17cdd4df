-- replay_all [reader]: as replay, of all owners, for administrators who watch everything. $1 a transaction from which on all
-- is read, $2 a time before which nothing of it finished, $3 limit, $4 and $5 (finish_xid, id) of the page before, $6
-- transactions before $1 of which all is read too. Index: finished_xid (BRIN). Locks: none.
SELECT owner_id, id, run, state, finish_xid, CASE state WHEN 5 THEN notify
       ELSE coalesce(notify_bad & CASE state WHEN 7 THEN 4 ELSE 2 END > 0, notify) END AS told
FROM finished_jobs
WHERE finish_xid >= $4 AND (finish_xid >= $1 OR finish_xid = ANY ($6::bigint[])) AND (finish_xid, id) > ($4, $5::uuid)
  AND finished_at >= $2
ORDER BY finish_xid, id LIMIT $3
