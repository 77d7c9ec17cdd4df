-- steady: whether role $1 has been renewed without a gap for a quarter of the lease ($2 seconds; 20 s at most) and a second: so long
-- a worker that lives may need to beat, once there is a database again. Nobody has that role: so too. Index: leaders_pkey. Locks: none.
SELECT NOT EXISTS (SELECT FROM leaders WHERE role = $1
                   AND (until < now() OR since > now() - make_interval(secs => least($2 / 4, 20) + 1)))
