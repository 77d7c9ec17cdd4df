-- page_line [reader]: what page_next answers, found from the other end: the next $18 jobs of all lines are read, as claims would
-- take them, and of these an owner's ($1; NULL: everybody's) are answered. It has none of those that wait for jobs, are held
-- or have no worker. $2..$17 as in page_next. The last is answered in any case, with `matches` false where it does not match:
-- the next page goes on from there. `scanned` is how many were read.
-- Index: live_claim, one lazy arm a lane and priority; live_alone; live_due. Locks: none.
SELECT j.phase, j.rank, j.at, j.scanned, j.matches,
       /* include shown */
FROM (
  SELECT *, (
/* include matches */) AS matches, max(number) OVER () AS last
  FROM (
    SELECT * FROM (
      SELECT *, row_number() OVER (ORDER BY phase, rank, at, id) AS number, count(*) OVER () AS scanned,
             (SELECT queue FROM lanes WHERE lanes.id = lane) AS queue
      FROM (
        SELECT * FROM (
          (SELECT 0 AS phase, l.rank, a.place AS at, a.*
           FROM (SELECT id, rank FROM lanes, generate_series(0, 2) rank
                 WHERE $1::int IS NULL OR owner_id IS NULL OR owner_id = $1) l, LATERAL (
             SELECT /* include live_columns */
             FROM live_jobs
             WHERE lane = l.id AND priority = l.rank::smallint AND /* include claimable */
               AND place >= CASE WHEN ($13::int, $14::int) = (0, l.rank) THEN $15::timestamptz ELSE '-infinity' END
               AND (0, l.rank, place, id) > ($13::int, $14::int, $15::timestamptz, $16::uuid)
             ORDER BY place, id LIMIT $18) a)
          UNION ALL
          (SELECT 1, 0, a.place, a.*
           FROM (SELECT id FROM lanes WHERE $1::int IS NULL OR owner_id IS NULL OR owner_id = $1) l, LATERAL (
             SELECT /* include live_columns */
             FROM live_jobs
             WHERE lane = l.id AND place IS NOT NULL AND crashes >= 2 AND worker_id IS NULL
               AND (1, 0, place, id) > ($13::int, $14::int, $15::timestamptz, $16::uuid)
             ORDER BY place, id LIMIT $18) a)
          UNION ALL
          (SELECT 2, 0, run_at, due.*
           FROM (
             SELECT /* include live_columns */
             FROM live_jobs
             WHERE place IS NULL AND wait IN (1, 2)
               AND run_at >= CASE WHEN $13::int = 2 THEN $15::timestamptz ELSE '-infinity' END
               AND (2, 0, run_at, id) > ($13::int, $14::int, $15::timestamptz, $16::uuid)
             ORDER BY run_at, id LIMIT $18) due)) arms
        ORDER BY phase, rank, at, id LIMIT $18) line) scan
    WHERE $1::int IS NULL OR owner_id = $1 OFFSET 0) own) j
WHERE j.matches OR j.number = j.last
ORDER BY j.phase, j.rank, j.at, j.id LIMIT $17
