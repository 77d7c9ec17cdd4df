-- inbox_set: keeps what a user wants to be told of. $1 user, $2 settings as JSON. A user who is gone has none. Index: the
-- primary keys. Locks: its row.
INSERT INTO inboxes (user_key, settings) SELECT key, $2::text FROM users WHERE key = $1
ON CONFLICT (user_key) DO UPDATE SET settings = excluded.settings
