place IS NOT NULL AND crashes < 2 AND worker_id IS NULL
