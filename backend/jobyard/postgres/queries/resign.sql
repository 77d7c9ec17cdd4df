-- resign: worker $1 leads no more. Index: none (a handful of rows). Locks: its rows.
DELETE FROM leaders WHERE holder = $1
