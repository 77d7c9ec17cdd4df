-- why [reader]: what decides whether a live job runs, and who is before it. $1 id, $2 owner, $3 a heartbeat may be this many
-- seconds old, $4 jobs ahead that are read at most. Who is before it is asked in the words of the claim (parts/claimable), for
-- the kinds that any live worker serves. Index: live_jobs_pkey, live_claim, workers_alive, follows_follower. Locks: none.
WITH served AS MATERIALIZED (
  SELECT coalesce(array_agg(DISTINCT kind), '{}') AS kinds FROM workers, unnest(kinds) kind
  WHERE ended_at IS NULL AND beat_at > now() - make_interval(secs => $3)),
job AS MATERIALIZED (SELECT * FROM live_jobs WHERE id = $1 AND owner_id = $2),
ahead AS MATERIALIZED (
  SELECT a.owner_id FROM job j, served s, LATERAL (
    SELECT owner_id FROM live_jobs l
    WHERE lane = j.lane AND /* include claimable */
      AND kind = ANY (s.kinds) AND (priority, place, id) < (j.priority, j.place, j.id)
    LIMIT $4) a
  WHERE j.place IS NOT NULL AND j.worker_id IS NULL)
SELECT live_state(j.worker_id, j.place, j.wait)::int AS state_code, j.wait, j.kind, q.queue, j.run_at, clock_timestamp() AS now,
       j.cancel_asked, j.kind = ANY (s.kinds) AS is_served, j.crashes >= 2 AS runs_alone, j.attempt, j.max_attempts,
       (SELECT name FROM workers w WHERE w.id = j.worker_id) AS worker,
       (SELECT count(*)::int FROM follows f WHERE f.follower = j.id) AS unfinished_before,
       (SELECT count(*)::int FROM ahead) AS ahead_all,
       (SELECT count(*)::int FROM ahead WHERE owner_id = $2) AS ahead_mine
FROM job j CROSS JOIN served s JOIN lanes q ON q.id = j.lane
