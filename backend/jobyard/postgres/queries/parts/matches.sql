      state_code = ANY ($2::smallint[]) AND ($3::smallint[] IS NULL OR priority = ANY ($3::smallint[]))
      AND ($4::text[] IS NULL OR kind = ANY ($4::text[])) AND ($5::text[] IS NULL OR queue = ANY ($5::text[]))
      AND ($6::text[] IS NULL OR tags && $6::text[]) AND ($7::uuid[] IS NULL OR batch_id = ANY ($7::uuid[]))
      AND ($8::uuid[] IS NULL OR schedule_id = ANY ($8::uuid[]))
      AND ($9::timestamptz IS NULL OR created_at >= $9) AND ($10::timestamptz IS NULL OR created_at < $10)
      AND ($11::text IS NULL OR starts_with(id::text, $11) OR strpos(lower(kind), $11) > 0
           OR strpos(lower(array_to_string(tags, E'\n')), $11) > 0
           OR strpos(lower(last_error(attempts) ->> 'message'), $11) > 0)
      AND ($12::text[] IS NULL
           OR state_code = 6 AND error_fingerprint(kind, last_error(attempts)) = ANY ($12::text[]))
