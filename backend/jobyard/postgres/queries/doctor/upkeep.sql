-- doctor/upkeep: how long ago the last worker led ($1: the role; negative: it leads, NULL: none ever did), how many workers beat less
-- than $2 seconds ago, and for how long a job has been waiting for one. Index: workers_alive, live_claim. Locks: none.
SELECT (SELECT extract(epoch FROM now() - until)::float8 FROM leaders WHERE role = $1) AS led,
       (SELECT count(*)::int FROM workers
        WHERE ended_at IS NULL AND beat_at > now() - make_interval(secs => $2)) AS workers,
       (SELECT extract(epoch FROM now() - min(oldest))::float8
        FROM lanes l, generate_series(0, 2) p, LATERAL (
          SELECT place AS oldest FROM live_jobs j
          WHERE j.lane = l.id AND j.priority = p AND /* include claimable */
          ORDER BY place, id LIMIT 1) first) AS waiting
