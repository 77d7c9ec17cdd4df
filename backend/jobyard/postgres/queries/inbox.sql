-- inbox [reader]: an owner's notifications before a place. $1 owner, $2 time, $3 job, $4 limit, $5 unread ones alone, $6 how
-- many are kept: what is older is as good as folded. Index: notifications_owner, day by day from the newest. Locks: none.
SELECT at, job_id, kind, state, error, read FROM notifications
WHERE owner_id = $1 AND at <= $2 AND (at, job_id) < ($2, $3::uuid) AND NOT (read AND $5)
  AND at >= coalesce((SELECT at FROM notifications WHERE owner_id = $1 ORDER BY at DESC OFFSET $6::int - 1 LIMIT 1), '-infinity')
ORDER BY at DESC, job_id DESC LIMIT $4
