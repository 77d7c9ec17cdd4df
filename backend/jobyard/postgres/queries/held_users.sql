-- held_users: whose jobs are to be held (disabled) or to come back, and whether that began in the last two minutes.
-- Index: ix_users_held_at. Locks: none.
SELECT key, disabled_at IS NOT NULL AS disabled, held_at > now() - interval '2 minutes' AS recent
FROM users WHERE held_at IS NOT NULL AND deleted_at IS NULL ORDER BY key
