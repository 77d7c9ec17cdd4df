-- unasked: up to $2 live jobs of owner $1 that do not run, or have not been asked to stop. Index: live_owner.
SELECT id FROM live_jobs WHERE owner_id = $1 AND (worker_id IS NULL OR NOT cancel_asked) ORDER BY id DESC LIMIT $2
