-- replay [reader]: outcomes from a cursor on. $1 owners, $2 a transaction from which on all is read, $3 a time before which
-- nothing of it finished (when the cursor was given, less 1 h: prunes days), $4 limit, $5 and $6 (finish_xid, id) of the page
-- before (first: (xmin, nil)), $7 transactions before $2 of which all is read too. Index: finished_xid (BRIN), so bitmap
-- scans must be on. Gap-free whatever the commit order, if the next cursor is one taken before the first page: from xmin on
-- some come twice; from xmax on, with those that were open, each once. A job that was retried by hand or deleted since is
-- not in it. `>= $5` says again what the pair does: with OR alone, a plan for any values leaves the index out. Locks: none.
SELECT owner_id, id, run, state, finish_xid, CASE state WHEN 5 THEN notify
       ELSE coalesce(notify_bad & CASE state WHEN 7 THEN 4 ELSE 2 END > 0, notify) END AS told
FROM finished_jobs
WHERE finish_xid >= $5 AND (finish_xid >= $2 OR finish_xid = ANY ($7::bigint[])) AND (finish_xid, id) > ($5, $6::uuid)
  AND finished_at >= $3 AND owner_id = ANY ($1::int[])
ORDER BY finish_xid, id LIMIT $4
