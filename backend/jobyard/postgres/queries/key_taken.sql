-- key_taken [reader]: whether an unfinished job has the unique key of a failed or cancelled one. $1 id, $2 owner.
-- Index: finished_owner of the failed side; live_unique. Locks: none.
SELECT EXISTS (
  SELECT FROM finished_jobs f JOIN live_jobs l ON l.owner_id = f.owner_id AND l.unique_key = f.unique_key
  WHERE f.id = $1 AND f.owner_id = $2 AND f.state IN (6, 7))
