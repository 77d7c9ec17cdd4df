-- drop_followed: nobody waits for these ($1) any more. After take_follows, which locked them. Index: followed_pkey, follows_pkey.
-- Locks: its rows.
DELETE FROM followed f WHERE job_id = ANY ($1::uuid[]) AND NOT EXISTS (SELECT FROM follows w WHERE w.job_id = f.job_id)
