-- advance_operation: a batch is done. $1 id, $2 changed, $3 skipped, $4 the id below which the rest lies (NULL: that was all).
-- Index: operations_pkey. Locks: its row.
UPDATE operations SET changed = changed + $2, skipped = skipped + $3, place = coalesce($4, place), updated_at = clock_timestamp(),
  state = CASE WHEN $4::uuid IS NULL THEN 'completed' ELSE state END,
  finished_at = CASE WHEN $4::uuid IS NULL THEN clock_timestamp() END
WHERE id = $1
