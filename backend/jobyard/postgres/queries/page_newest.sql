-- page_newest [reader]: an owner's jobs, newest first. $1 owner, $2..$12 the filter (parts/matches.sql; NULL: any), $13 and $14 the
-- ids between which they lie, $15 whether unfinished ones are wanted, $16 the states of the sides of history that are, $17 rows
-- to read at most, $18 rows to answer at most. Rows are read as they are answered: a filter that many meet reads few. The last
-- that may be read is answered in any case, with `matches` false where it does not match: the next page goes on from there.
-- Everybody's ($1 NULL): the two ids are of a stretch that id_stretch.py found. Index then: live_jobs_pkey, finished_id.
-- Index: live_owner and finished_owner, merged; sides prune history. Locks: none.
SELECT j.number, j.matches,
       /* include shown */
FROM /* include newest */
