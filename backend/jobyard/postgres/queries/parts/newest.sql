(
  SELECT *, (
/* include matches */) AS matches
  FROM (
    SELECT *, row_number() OVER (ORDER BY id DESC) AS number, (SELECT queue FROM lanes WHERE lanes.id = lane) AS queue
    FROM (
      (SELECT /* include live_columns */
       FROM live_jobs WHERE /* include of_owner */ AND id > $13 AND id < $14 AND $15 ORDER BY id DESC LIMIT $17)
      UNION ALL
      (SELECT /* include finished_columns */
       FROM finished_jobs WHERE /* include of_owner_ended */ AND id > $13 AND id < $14 AND /* include of_sides */
       ORDER BY id DESC LIMIT $17)) sides
    ORDER BY id DESC LIMIT $17) scan
  ORDER BY id DESC OFFSET 0) j
WHERE j.matches OR j.number = $17
ORDER BY j.id DESC LIMIT $18
