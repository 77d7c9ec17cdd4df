-- forget_follows: up to $2 rows that say who waits for a job of an owner ($1) who left. They name no owner themselves, and nobody
-- finds them once `followed` has lost theirs. Index: followed_owner, follows_pkey. Locks: its rows.
DELETE FROM follows WHERE ctid = ANY (ARRAY(
  SELECT w.ctid FROM followed f JOIN follows w ON w.job_id = f.job_id WHERE f.owner_id = $1 LIMIT $2))
