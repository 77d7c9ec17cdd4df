-- claim: takes up to $2 jobs of lane $3 and kinds $4 for worker $1, in the order of priority, place, id.
-- $5..$10 floors (place, id) of priorities 0, 1, 2: what lies at or below was claimed by this process before.
-- What can be claimed, parts/claimable says; why.sql tells it in the same words.
-- Index: live_claim, one lazy arm a priority (one scan over three priorities could not have three floors).
-- Locks: the rows it takes; skips rows that others hold. HOT: changes no indexed column.
-- spot (the ctid) is where the row lies; the holder's statements go there, without an index and with one possible plan.
WITH claimed AS (
UPDATE live_jobs j SET worker_id = $1, run = j.run + 1, attempt = j.attempt + 1, started_at = clock_timestamp()
WHERE j.ctid = ANY (ARRAY(SELECT ctid FROM (
    (SELECT ctid FROM (SELECT ctid FROM live_jobs WHERE lane = $3 AND priority = 0 AND /* include claimable */
       AND (place, id) > ($5::timestamptz, $6::uuid) AND kind = ANY ($4::text[])
       ORDER BY place, id LIMIT $2 FOR UPDATE SKIP LOCKED) high)
    UNION ALL
    (SELECT ctid FROM (SELECT ctid FROM live_jobs WHERE lane = $3 AND priority = 1 AND /* include claimable */
       AND (place, id) > ($7::timestamptz, $8::uuid) AND kind = ANY ($4::text[])
       ORDER BY place, id LIMIT $2 FOR UPDATE SKIP LOCKED) medium)
    UNION ALL
    (SELECT ctid FROM (SELECT ctid FROM live_jobs WHERE lane = $3 AND priority = 2 AND /* include claimable */
       AND (place, id) > ($9::timestamptz, $10::uuid) AND kind = ANY ($4::text[])
       ORDER BY place, id LIMIT $2 FOR UPDATE SKIP LOCKED) low)) line LIMIT $2))
  AND j.worker_id IS NULL AND j.place IS NOT NULL
RETURNING j.ctid::text AS spot, j.id, j.run, j.attempt, j.owner_id, j.kind, j.payload, j.options, j.max_attempts,
          extract(epoch FROM j.started_at - greatest(j.place, j.run_at))::float8 AS waited, j.priority, j.place)
SELECT * FROM claimed ORDER BY priority, place, id
