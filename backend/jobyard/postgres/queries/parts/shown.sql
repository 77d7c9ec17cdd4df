j.id, (SELECT id FROM users WHERE key = j.owner_id) AS owner_uuid, j.owner_id, j.kind, j.queue, j.state_code, j.priority,
       j.attempt, j.max_attempts, j.crashes, j.run, j.run_at, j.created_at, j.started_at, j.finished_at, j.cancel_asked, j.options,
       last_error(j.attempts) AS error, j.progress, j.tags, j.unique_key, j.schedule_id, j.batch_id,
       (SELECT name FROM workers WHERE id = j.worker_id) AS worker
