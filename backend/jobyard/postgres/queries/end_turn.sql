-- end_turn: worker $1 has made room, or could not: another may. Index: leaders_pkey. Locks: its row.
DELETE FROM leaders WHERE role = 'alone' AND holder = $1
