id, owner_id, lane, kind, state AS state_code, priority, attempt, max_attempts, crashes, run,
            run_at, created_at, started_at, finished_at, false AS cancel_asked, options, attempts, NULL::jsonb AS progress, tags,
            unique_key, schedule_id, batch_id, worker_id, NULL::timestamptz AS place, 0::smallint AS wait
