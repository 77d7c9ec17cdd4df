-- kept_answer: the first answer under an Idempotency-Key, for 24 h. $1 owner, $2 key. Index: idempotency_keys_key, of the days
-- that 24 h reach into. Locks: none.
SELECT digest, answer FROM idempotency_keys WHERE owner_id = $1 AND key = $2 AND at > now() - interval '24 hours'
ORDER BY at DESC LIMIT 1
