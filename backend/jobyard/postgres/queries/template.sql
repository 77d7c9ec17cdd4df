-- template [reader]: what a copy of a job begins with. $1 id, $2 owner. Index: live_jobs_pkey; finished_owner. Locks: none.
SELECT j.kind, l.queue, j.priority, j.payload, j.budget, j.options, j.tags
FROM (
  SELECT kind, lane, priority, payload, budget, options, tags FROM live_jobs WHERE id = $1 AND owner_id = $2
  UNION ALL
  SELECT kind, lane, priority, payload, budget, options, tags FROM finished_jobs WHERE id = $1 AND owner_id = $2
) j JOIN lanes l ON l.id = j.lane
LIMIT 1
