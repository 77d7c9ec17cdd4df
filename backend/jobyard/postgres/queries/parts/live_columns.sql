id, owner_id, lane, kind, live_state(worker_id, place, wait) AS state_code, priority, attempt, max_attempts, crashes, run,
            run_at, created_at, started_at, NULL::timestamptz AS finished_at, cancel_asked, options, attempts, progress, tags,
            unique_key, schedule_id, batch_id, worker_id, place, wait
