-- locate: where rows lie now that this worker holds. $1 ids, $2 worker. A row moves when it is updated (progress, a
-- request to cancel). What does not come back is lost. Index: live_jobs_pkey. Locks: none.
SELECT id, run, ctid AS spot FROM live_jobs WHERE id = ANY ($1::uuid[]) AND worker_id = $2
