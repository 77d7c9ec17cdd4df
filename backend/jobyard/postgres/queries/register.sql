-- register: a new worker. $1 name, $2 kinds, $3 slots. Locks: none beyond its new row.
INSERT INTO workers (name, kinds, slots) VALUES ($1, $2::text[], $3) RETURNING id
