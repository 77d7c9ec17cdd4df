-- all_back: owner $1 has no held job any more, and gets none: a promotion that saw it disabled has ended long ago.
-- Index: pk_users, live_owner (`IS TRUE`: see unhold). Locks: its row.
UPDATE users SET held_at = NULL
WHERE key = $1 AND disabled_at IS NULL AND held_at < now() - interval '1 minute'
  AND NOT EXISTS (SELECT FROM live_jobs WHERE owner_id = $1 AND (place IS NULL AND wait = 6) IS TRUE)
RETURNING key
