-- rows_between [reader]: how many of everybody's jobs have an id between $1 and $2, $3 at most of either side of storage; $4 whether
-- unfinished ones count, $5 the states of the sides of history that do. What ended more than 10 min before the smaller
-- id was made is of days that need no look: clocks do not differ by more. Index: live_jobs_pkey; finished_id. Locks: none.
SELECT (SELECT count(*) FROM (SELECT FROM live_jobs WHERE id > $1 AND id < $2 AND $4 LIMIT $3) live)
     + (SELECT count(*) FROM (
          SELECT FROM finished_jobs
          WHERE id > $1 AND id < $2 AND state = ANY ($5::smallint[])
            AND finished_at >= to_timestamp(('x' || translate(left($1::uuid::text, 13), '-', ''))::bit(48)::bigint / 1000.0)
                               - interval '10 min'
          LIMIT $3) finished)
