-- follow: who waits for what. $1 jobs of $2 an owner, $3 followers (as long as $1). The row in followed is locked before a
-- follower is added: a settling that thinks that there is none waits, or is waited for.
-- Index: followed_pkey, follows_pkey. Locks: the rows in followed, in the order of their ids.
WITH held AS (
  INSERT INTO followed AS f (job_id, owner_id) SELECT DISTINCT job_id, $2::int FROM unnest($1::uuid[]) job_id ORDER BY job_id
  ON CONFLICT (job_id) DO UPDATE SET owner_id = f.owner_id
  RETURNING job_id)
INSERT INTO follows (job_id, follower)
SELECT u.job_id, u.follower FROM unnest($1::uuid[], $3::uuid[]) u (job_id, follower) JOIN held USING (job_id)
ON CONFLICT DO NOTHING
