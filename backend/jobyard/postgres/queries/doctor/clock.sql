-- doctor/clock: the database's time, as a number of seconds. Locks: none.
SELECT extract(epoch FROM clock_timestamp())::float8 AS at
