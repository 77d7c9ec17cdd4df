-- page_oldest [reader]: an owner's jobs, oldest first. $1 owner, $2..$12 the filter (parts/matches.sql; NULL: any), $13 and $14 the
-- ids between which they lie, $15 whether unfinished ones are wanted, $16 the states of the sides of history that are, $17 rows
-- to read at most, $18 rows to answer at most. Rows are read as they are answered: a filter that many meet reads few. The last
-- that may be read is answered in any case, with `matches` false where it does not match: the next page goes on from there.
-- Everybody's ($1 NULL): the two ids are of a stretch that id_stretch.py found. Index then: live_jobs_pkey, finished_id.
-- Index: live_owner and finished_owner, merged; sides prune history. Locks: none.
SELECT j.number, j.matches,
       /* include shown */
FROM (
  SELECT *, (
/* include matches */) AS matches
  FROM (
    SELECT *, row_number() OVER (ORDER BY id) AS number, (SELECT queue FROM lanes WHERE lanes.id = lane) AS queue
    FROM (
      (SELECT /* include live_columns */
       FROM live_jobs WHERE /* include of_owner */ AND id > $13 AND id < $14 AND $15 ORDER BY id LIMIT $17)
      UNION ALL
      (SELECT /* include finished_columns */
       FROM finished_jobs WHERE /* include of_owner_ended */ AND id > $13 AND id < $14 AND /* include of_sides */
       ORDER BY id LIMIT $17)) sides
    ORDER BY id LIMIT $17) scan
  ORDER BY id OFFSET 0) j
WHERE j.matches OR j.number = $17
ORDER BY j.id LIMIT $18
