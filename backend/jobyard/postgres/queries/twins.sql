-- twins [reader]: the unfinished jobs that hold these unique keys. $1 owners, $2 keys. Index: live_unique. Locks: none.
SELECT j.owner_id, j.unique_key, j.id
FROM unnest($1::int[], $2::text[]) u (owner_id, unique_key) JOIN live_jobs j USING (owner_id, unique_key)
WHERE j.unique_key IS NOT NULL
