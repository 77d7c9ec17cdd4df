-- counts_filtered [reader]: an owner's jobs by state among the newest $3 that are read. $1 owner, $2 states, $4 priorities, $5 kinds,
-- $6 queues, $7 tags (NULL: any). Index: live_owner and finished_owner, merged. Locks: none.
WITH scan AS MATERIALIZED (
  SELECT * FROM (
    (SELECT id, lane, kind, live_state(worker_id, place, wait)::int AS state_code, priority, tags
     FROM live_jobs WHERE owner_id = $1 AND $2::smallint[] && '{1,2,3,4}'::smallint[] ORDER BY id DESC LIMIT $3)
    UNION ALL
    (SELECT id, lane, kind, state, priority, tags
     FROM finished_jobs WHERE owner_id = $1 AND state = ANY ($2::smallint[]) ORDER BY id DESC LIMIT $3)) sides
  ORDER BY id DESC LIMIT $3)
SELECT s.scanned, c.state, c.jobs
FROM (SELECT count(*) AS scanned FROM scan) s
LEFT JOIN LATERAL (
  SELECT state_code AS state, count(*) AS jobs FROM scan JOIN lanes ON lanes.id = scan.lane
  WHERE state_code = ANY ($2::smallint[]) AND ($4::smallint[] IS NULL OR priority = ANY ($4::smallint[]))
    AND ($5::text[] IS NULL OR kind = ANY ($5::text[])) AND ($6::text[] IS NULL OR queue = ANY ($6::text[]))
    AND ($7::text[] IS NULL OR tags && $7::text[])
  GROUP BY state_code) c ON true
