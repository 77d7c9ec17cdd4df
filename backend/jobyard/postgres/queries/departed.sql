-- departed: the user who left longest ago, but for those of $1, and whether $2 s are over since. Index: ix_users_deleted_at.
SELECT key, id, deleted_at < now() - make_interval(secs => $2) AS settled
FROM users WHERE deleted_at IS NOT NULL AND key <> ALL ($1::int[]) ORDER BY deleted_at LIMIT 1
