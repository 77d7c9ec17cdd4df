-- first_counted [reader]: the first minute in which any job was counted. Index: job_stats_pkey. Locks: none.
SELECT min(minute) FROM job_stats WHERE owner_id = 0
