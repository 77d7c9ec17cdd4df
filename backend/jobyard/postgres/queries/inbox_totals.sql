-- inbox_totals [reader]: how many notifications are unread, among the $2 that are kept, and how many were folded away.
-- $1 owner. Index: notifications_owner: $2 entries at most. Locks: none.
SELECT (SELECT count(*) FROM (SELECT read FROM notifications WHERE owner_id = $1 ORDER BY at DESC LIMIT $2) newest
        WHERE NOT read) AS unread,
       coalesce((SELECT folded FROM inboxes WHERE user_key = $1), 0) AS folded
