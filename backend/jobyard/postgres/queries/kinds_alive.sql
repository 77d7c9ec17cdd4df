-- kinds_alive [reader]: how many live workers serve each kind. $1: a heartbeat may be this many seconds old.
-- Index: workers_alive. Locks: none.
SELECT kind, count(*) AS workers FROM workers, unnest(kinds) kind
WHERE ended_at IS NULL AND beat_at > now() - make_interval(secs => $1) GROUP BY kind
