-- doctor/parameters: parameters of PostgreSQL by name ($1), as this session has them. Locks: none.
SELECT name, setting FROM pg_settings WHERE name = ANY ($1::text[])
