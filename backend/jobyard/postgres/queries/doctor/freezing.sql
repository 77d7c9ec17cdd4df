-- doctor/freezing: how many transactions old this database's oldest row may be: at 2,147 million PostgreSQL stops. Locks: none.
SELECT age(datfrozenxid) AS transactions, current_setting('autovacuum_freeze_max_age')::int AS frozen_at
FROM pg_database WHERE datname = current_database()
