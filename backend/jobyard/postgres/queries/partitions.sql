-- partitions: day partitions of history from yesterday to a week ahead. Locks: see make_partitions in the migrations.
SELECT make_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9)
