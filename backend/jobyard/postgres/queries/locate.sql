-- locate: where rows lie now that this worker holds. $1 ids, $2 their owners (the same length), $3 worker. A row moves when it
-- is updated (progress, a request to cancel). What does not come back is lost. Locks: none.
-- Index: live_jobs_pkey or live_owner, a look-up each either way: by id alone a plan may read all of live_owner (PostgreSQL 18
-- can skip its first column). OFFSET 0 keeps the order of the join: the other way round it reads all of live_jobs.
SELECT j.* FROM unnest($1::uuid[], $2::int[]) u (id, owner_id), LATERAL (
  SELECT id, run, ctid::text AS spot FROM live_jobs WHERE id = u.id AND owner_id = u.owner_id AND worker_id = $3 OFFSET 0) j
