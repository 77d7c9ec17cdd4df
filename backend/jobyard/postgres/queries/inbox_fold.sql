-- inbox_fold: deletes what is beyond the newest $2 notifications of an owner, the oldest $3 of it at most, and counts it.
-- $1 owner. Index: notifications_owner. Locks: its rows, which nobody else changes but a reader who marks them, and the
-- owner's row in inboxes.
WITH last AS (
  SELECT least(
    (SELECT at FROM notifications WHERE owner_id = $1 ORDER BY at DESC OFFSET $2::int LIMIT 1),
    (SELECT at FROM notifications WHERE owner_id = $1 ORDER BY at OFFSET $3::int - 1 LIMIT 1)) AS at
  WHERE EXISTS (SELECT FROM notifications WHERE owner_id = $1 ORDER BY at DESC OFFSET $2::int LIMIT 1)),
old AS (DELETE FROM notifications WHERE owner_id = $1 AND at <= (SELECT at FROM last) RETURNING 1),
counted AS (
  INSERT INTO inboxes (user_key, folded)
  SELECT key, (SELECT count(*) FROM old) FROM users WHERE key = $1 AND EXISTS (SELECT FROM old)
  ON CONFLICT (user_key) DO UPDATE SET folded = inboxes.folded + excluded.folded)
SELECT count(*)::int FROM old
