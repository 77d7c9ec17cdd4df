-- expire_leases: leases over HTTP that have run out. Second step of rescue. Index: leases_until. Locks: their rows.
UPDATE leases SET until = '-infinity' WHERE until < now() AND until > '-infinity' RETURNING job_id
