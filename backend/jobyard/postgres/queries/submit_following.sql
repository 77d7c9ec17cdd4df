-- submit_following: as submit_unique, for jobs that wait for others (wait = 3); a key may be NULL. After `follow`, in its
-- transaction. Index: live_unique. Locks: as submit_unique.
INSERT INTO live_jobs (id, owner_id, lane, priority, run_at, place, wait, kind, payload, max_attempts, budget, options, tags,
                       batch_id, notify, notify_bad, unique_key)
SELECT id, owner_id, lane, priority, coalesce(run_at, now()), NULL, 3, kind, payload, max_attempts, max_attempts, options,
       tags::text[], batch_id, notify, notify_bad, unique_key
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::timestamptz[], $6::text[], $7::jsonb[], $8::smallint[],
            $9::jsonb[], $10::text[], $11::uuid[], $12::boolean[], $13::smallint[], $14::text[])
  u (id, owner_id, lane, priority, run_at, kind, payload, max_attempts, options, tags, batch_id, notify, notify_bad,
     unique_key)
ORDER BY owner_id, unique_key, id
ON CONFLICT (owner_id, unique_key) WHERE unique_key IS NOT NULL DO NOTHING
RETURNING id
