-- waiting [reader]: how many unfinished jobs an owner has, $2 at most. $1 owner. Index: live_owner. Locks: none.
SELECT count(*) FROM (SELECT FROM live_jobs WHERE owner_id = $1 LIMIT $2) waiting
