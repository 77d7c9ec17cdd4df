-- forget_user: the row of a user who left, once no live job names it. Whatever refers to it by a foreign key goes with it.
-- Indexes: pk_users, live_owner. Locks: the row.
DELETE FROM users u WHERE u.key = $1 AND u.deleted_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM live_jobs j WHERE j.owner_id = u.key)
RETURNING u.id
