-- submit: stores jobs; single, coalesced and bulk alike. A job that is due gets its place, a later one waits for its time.
-- $1 ids, $2 owners, $3 lanes, $4 priorities, $5 run_at (NULL: now), $6 kinds, $7 payloads, $8 max_attempts, $9 options,
-- $10 tags (array literals), $11 batches, $12 notify, $13 notify_bad (0005_inbox), $14 the name of this process, where it
-- is to wake others in this transaction (NULL: not; a NOTIFY holds up others' commits, so it does so for the first in
-- 5 ms alone). The past means now in the line; run_at keeps what was asked.
-- Answers the time that it gave them. Locks: none beyond its new rows.
WITH stored AS (
INSERT INTO live_jobs (id, owner_id, lane, priority, run_at, place, wait, kind, payload, max_attempts, budget, options, tags,
                       batch_id, notify, notify_bad)
SELECT id, owner_id, lane, priority, coalesce(run_at, now()), CASE WHEN run_at > now() THEN NULL ELSE now() END,
       CASE WHEN run_at > now() THEN 1 ELSE 0 END, kind, payload, max_attempts, max_attempts, options, tags::text[],
       batch_id, notify, notify_bad
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::timestamptz[], $6::text[], $7::jsonb[], $8::smallint[],
            $9::jsonb[], $10::text[], $11::uuid[], $12::boolean[], $13::smallint[])
  u (id, owner_id, lane, priority, run_at, kind, payload, max_attempts, options, tags, batch_id, notify, notify_bad)
RETURNING lane, place)
SELECT now(), (
  SELECT pg_notify('jobyard', format('{"n":"%s","l":[%s]}', $14::text, string_agg(format('[%s,null,"%s"]', lane,
    to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), ',')))
  FROM (SELECT DISTINCT lane FROM stored WHERE place IS NOT NULL) due
  HAVING $14::text IS NOT NULL AND count(*) > 0)
