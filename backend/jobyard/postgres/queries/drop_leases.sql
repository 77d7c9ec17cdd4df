-- drop_leases: expired leases whose run is over. After rescue_release. Index: leases_until. Locks: their rows.
DELETE FROM leases l WHERE until = '-infinity'
  AND NOT EXISTS (SELECT FROM live_jobs j WHERE j.id = l.job_id AND j.run = l.run AND j.worker_id IS NOT NULL)
