-- lead: worker $1 becomes, or stays, the one that does $2 for all, for $3 seconds. No row: another one is. `since` begins anew where
-- nobody has done so for $4 seconds: the database was away (also: its clock was moved). Index: leaders_pkey. Locks: its row.
INSERT INTO leaders (role, holder, until) VALUES ($2, $1, now() + make_interval(secs => $3))
ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, until = excluded.until,
  since = CASE WHEN leaders.until < now() + make_interval(secs => $3 - $4) THEN now() ELSE least(leaders.since, now()) END
WHERE leaders.holder = excluded.holder OR leaders.until < now()
RETURNING holder
