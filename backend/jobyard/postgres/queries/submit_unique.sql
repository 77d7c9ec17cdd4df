-- submit_unique: as submit, for jobs with a unique key ($14). A twin that is unfinished keeps its row: the caller whose id
-- does not come back lost. Index: live_unique. Locks: waits for a transaction that is inserting the same key; keys are
-- inserted in one order (owner, key), so that two batches cannot wait for each other.
INSERT INTO live_jobs (id, owner_id, lane, priority, run_at, place, wait, kind, payload, max_attempts, budget, options, tags,
                       batch_id, notify, notify_bad, unique_key)
SELECT id, owner_id, lane, priority, coalesce(run_at, now()), CASE WHEN run_at > now() THEN NULL ELSE now() END,
       CASE WHEN run_at > now() THEN 1 ELSE 0 END, kind, payload, max_attempts, max_attempts, options, tags::text[],
       batch_id, notify, notify_bad, unique_key
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::timestamptz[], $6::text[], $7::jsonb[], $8::smallint[],
            $9::jsonb[], $10::text[], $11::uuid[], $12::boolean[], $13::smallint[], $14::text[])
  u (id, owner_id, lane, priority, run_at, kind, payload, max_attempts, options, tags, batch_id, notify, notify_bad,
     unique_key)
ORDER BY owner_id, unique_key, id
ON CONFLICT (owner_id, unique_key) WHERE unique_key IS NOT NULL DO NOTHING
RETURNING id
