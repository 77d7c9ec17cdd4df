-- end_batches: of these followers ($1), batches whose last job has ended: what is to be submitted, once, since the row goes.
-- Index: batches_pkey, follows_follower. Locks: their rows.
DELETE FROM batches b WHERE id = ANY ($1::uuid[]) AND NOT EXISTS (SELECT FROM follows f WHERE f.follower = b.id)
RETURNING id, on_complete, EXISTS (SELECT FROM users u WHERE u.key = b.owner_id) AS has_owner
