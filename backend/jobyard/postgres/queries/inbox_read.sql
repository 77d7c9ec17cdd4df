-- inbox_read: marks notifications as read. $1 owner, $2 times, $3 the ends of the jobs' ids (as text, from the variant on),
-- $4 and $5 the first and the last of the times: they prune days. Index: notifications_owner. Locks: its rows.
UPDATE notifications n SET read = true FROM unnest($2::timestamptz[], $3::text[]) u (at, tail)
WHERE n.owner_id = $1 AND n.at = u.at AND right(n.job_id::text, 17) = u.tail AND NOT n.read AND n.at BETWEEN $4 AND $5
