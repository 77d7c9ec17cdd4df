-- replay_all [reader]: as replay, of all owners, for administrators who watch everything. $1 xmin of the cursor, $2 a time
-- before which nothing of it finished, $3 limit, $4 and $5 (finish_xid, id) of the page before. Index: finished_xid (BRIN).
-- Locks: none.
SELECT owner_id, id, run, state, finish_xid, CASE state WHEN 5 THEN notify
       ELSE coalesce(notify_bad & CASE state WHEN 7 THEN 4 ELSE 2 END > 0, notify) END AS told
FROM finished_jobs
WHERE finish_xid >= $1 AND (finish_xid, id) > ($4, $5::uuid) AND finished_at >= $2
ORDER BY finish_xid, id LIMIT $3
