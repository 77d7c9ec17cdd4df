-- keep_answer: the first answer under an Idempotency-Key, in the transaction of its jobs and under the key's lock. $1 owner,
-- $2 key, $3 digest, $4 answer. Locks: none beyond its new row.
INSERT INTO idempotency_keys (owner_id, key, digest, answer) VALUES ($1, $2, $3, $4)
