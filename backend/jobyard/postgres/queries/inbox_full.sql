-- inbox_full: owners of jobs that ended in the last $1 minutes who have more than $2 notifications, $3 owners at most.
-- Index: job_stats_minute; notifications_owner: $2 entries an owner, its keys alone. Locks: none.
SELECT owner_id FROM (SELECT DISTINCT owner_id FROM job_stats WHERE minute >= now() - make_interval(mins => $1)) busy
WHERE EXISTS (SELECT FROM notifications n WHERE n.owner_id = busy.owner_id ORDER BY n.at DESC OFFSET $2::int LIMIT 1)
LIMIT $3
