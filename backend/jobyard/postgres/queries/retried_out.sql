-- retried_out [reader]: whether a failed or cancelled job has had all the attempts that its column can count. $1 id, $2 owner.
-- Index: finished_owner of the failed side. Locks: none.
SELECT EXISTS (
  SELECT FROM finished_jobs WHERE id = $1 AND owner_id = $2 AND state IN (6, 7) AND attempt::int + budget > 32767)
