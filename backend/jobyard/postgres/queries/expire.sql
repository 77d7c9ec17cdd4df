-- expire: workers whose last heartbeat is older than the lease ($1 seconds) have ended. First step of rescue.
-- Index: workers_alive. Locks: their rows; a beat that comes meanwhile wins or loses as a whole.
UPDATE workers SET ended_at = now() WHERE ended_at IS NULL AND NOT over_http AND beat_at < now() - make_interval(secs => $1)
RETURNING id
