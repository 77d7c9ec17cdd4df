-- doctor/place: which database this is, of which cluster, and by which server process it is served. Locks: none.
SELECT system_identifier, current_database() AS name, pg_backend_pid() AS pid, pg_postmaster_start_time() AS since
FROM pg_control_system()
