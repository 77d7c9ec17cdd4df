-- queue_depths [reader]: how many jobs wait in line in some queues, $2 at most in each of their lanes, and since when the first has.
-- $1 names. Index: live_claim, from the head of each priority. Locks: none.
SELECT l.queue, sum(d.pending)::bigint AS pending, max(d.oldest_seconds) AS oldest_seconds
FROM lanes l, LATERAL (
  SELECT count(*) AS pending, extract(epoch FROM now() - min(place))::float8 AS oldest_seconds
  FROM (SELECT place FROM live_jobs
        WHERE lane = l.id AND place IS NOT NULL AND crashes < 2 AND worker_id IS NULL LIMIT $2) waiting) d
WHERE l.queue = ANY ($1::text[]) GROUP BY l.queue
