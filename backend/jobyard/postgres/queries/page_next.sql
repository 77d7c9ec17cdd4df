-- page_next [reader]: an owner's jobs that wait, in the order in which they will run: those in line (priority, place), those lost
-- twice, which run alone, those that wait for their time, and the rest. $1 owner, $2..$12 the filter (parts/matches.sql; NULL:
-- any), $13..$16 the place after which they lie: phase, priority, time, id, $17 rows to answer at most.
-- It sorts all that the owner has waiting: no index has this order for one owner, and one would cost every submit. So it is for
-- owners with few, and where page_line finds none of the owner's. Index: live_owner. Locks: none.
SELECT j.phase, j.rank, j.at, true AS matches,
       /* include shown */
FROM (
  SELECT *, (SELECT queue FROM lanes WHERE lanes.id = lane) AS queue,
         CASE WHEN place IS NOT NULL THEN CASE WHEN crashes < 2 THEN 0 ELSE 1 END WHEN wait IN (1, 2) THEN 2 ELSE 3 END AS phase,
         CASE WHEN place IS NOT NULL AND crashes < 2 THEN priority ELSE 0 END AS rank,
         CASE WHEN place IS NOT NULL THEN place WHEN wait IN (1, 2) THEN run_at ELSE created_at END AS at
  FROM (SELECT /* include live_columns */
        FROM live_jobs WHERE owner_id = $1 AND worker_id IS NULL) waiting) j
WHERE (phase, rank, at, id) > ($13::int, $14::int, $15::timestamptz, $16::uuid) AND
/* include matches */
ORDER BY j.phase, j.rank, j.at, j.id LIMIT $17
