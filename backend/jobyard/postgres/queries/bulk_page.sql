-- bulk_page [reader]: which of an owner's jobs a change of many is for, newest first. $1..$18 as in page_newest, whose scan it is.
-- Index: live_owner and finished_owner, merged; sides prune history. Locks: none.
SELECT j.id, j.number, j.matches
FROM /* include newest */
