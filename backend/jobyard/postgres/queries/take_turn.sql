-- take_turn: worker $1 becomes, or stays, the one that makes room to run a job alone, for $4 seconds, where one that was lost twice,
-- of kinds $2, has waited for $3 seconds since its last run ended. No row: none has, or it is another's turn.
-- Index: live_alone, for the few that there are; leaders_pkey. Locks: the row of the turn.
INSERT INTO leaders (role, holder, until)
SELECT 'alone', $1, now() + make_interval(secs => $4)
WHERE EXISTS (SELECT FROM leaders WHERE role = 'alone' AND holder = $1)
   OR EXISTS (SELECT FROM (SELECT id FROM lanes WHERE owner_id IS NULL) l, LATERAL (
                SELECT FROM live_jobs WHERE lane = l.id AND place IS NOT NULL AND crashes >= 2 AND worker_id IS NULL
                  AND kind = ANY ($2::text[])
                  AND greatest(place, (attempts -> -1 ->> 'finished_at')::timestamptz) < now() - make_interval(secs => $3)
                LIMIT 1) waiting)
ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE leaders.holder = excluded.holder OR leaders.until < now()
RETURNING holder
