-- counts_filtered [reader]: an owner's jobs by state among the newest $17 that are read. $1..$17 as in page_newest.
-- Everybody's ($1 NULL): the two ids are of a stretch that id_stretch.py found. Index then: live_jobs_pkey, finished_id.
-- Index: live_owner and finished_owner, merged. Locks: none.
WITH scan AS MATERIALIZED (
  SELECT *, (SELECT queue FROM lanes WHERE lanes.id = lane) AS queue FROM (
    (SELECT /* include live_columns */
     FROM live_jobs WHERE /* include of_owner */ AND id > $13 AND id < $14 AND $15 ORDER BY id DESC LIMIT $17)
    UNION ALL
    (SELECT /* include finished_columns */
     FROM finished_jobs WHERE /* include of_owner_ended */ AND id > $13 AND id < $14 AND /* include of_sides */
     ORDER BY id DESC LIMIT $17)) sides
  ORDER BY id DESC LIMIT $17)
SELECT s.scanned, c.state, c.jobs
FROM (SELECT count(*) AS scanned FROM scan) s
LEFT JOIN LATERAL (
  SELECT state_code::int AS state, count(*) AS jobs FROM scan WHERE
/* include matches */
  GROUP BY state_code) c ON true
