$1::int IS NULL AND finished_at
         >= to_timestamp(('x' || translate(left($13::uuid::text, 13), '-', ''))::bit(48)::bigint / 1000.0) - interval '10 min'
