-- resign: worker $1 leads no more. Its row stays: the next one goes on from its `since`. Index: none (a handful of rows). Locks: its
-- rows.
UPDATE leaders SET until = now() WHERE holder = $1 AND until > now()
