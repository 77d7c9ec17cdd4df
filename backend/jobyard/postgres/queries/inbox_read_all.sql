-- inbox_read_all: marks all that are kept as read: no more than $2 rows. $1 owner. Index: notifications_owner. Locks: its
-- rows. One that is committed meanwhile stays unread: nobody has seen it.
UPDATE notifications SET read = true
WHERE owner_id = $1 AND NOT read
  AND at >= coalesce((SELECT at FROM notifications WHERE owner_id = $1 ORDER BY at DESC OFFSET $2::int - 1 LIMIT 1), '-infinity')
