"""The engine's tables: live jobs, history by day, workers, lanes, leases, and the view `jobs` over both.

Why it looks like this: docs/decisions/0001-live-and-history.md. Codes: priority 0 high, 1 medium, 2 low; wait 0 none,
1 time, 2 backoff, 3 jobs, 4 limit, 5 no worker, 6 held; state 1 scheduled, 2 pending, 3 running, 4 retrying (these four
are derived), 5 completed, 6 failed, 7 cancelled (stored).
"""

from alembic import op

revision = "0002_engine"
down_revision = "0001_accounts"
branch_labels = None
depends_on = None

LINES = [
    """
CREATE TABLE lanes (
  id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue    text NOT NULL,
  owner_id int, -- NULL: the server's kinds; else one user's own kinds
  CONSTRAINT lanes_queue_owner_key UNIQUE NULLS NOT DISTINCT (queue, owner_id)
)""",
    "COMMENT ON TABLE lanes IS 'The line that a worker reads: a queue x who runs it'",
    "INSERT INTO lanes (queue) VALUES ('default')",
    """
CREATE TABLE workers (
  id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL,
  over_http  boolean NOT NULL DEFAULT false,
  kinds      text[] NOT NULL DEFAULT '{}',
  slots      int NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  beat_at    timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz,
  running    uuid[] NOT NULL DEFAULT '{}' -- what it runs now, written with each beat
) WITH (fillfactor = 50)""",
    "COMMENT ON TABLE workers IS 'One row a process that claims; kept as long as the history that names it'",
    "CREATE INDEX workers_alive ON workers (id) WHERE ended_at IS NULL",
    """
CREATE UNLOGGED TABLE watchers (
  node     uuid NOT NULL,
  owner_id int NOT NULL,
  until    timestamptz NOT NULL,
  PRIMARY KEY (node, owner_id)
)""",
    "COMMENT ON TABLE watchers IS 'Owners who have a live socket on some node: they hear of more than outcomes'",
]

LIVE = [
    # Fixed-width columns first. worker_id, run, attempt, started_at stand in no index and no index predicate: a claim
    # changes these alone, so that it is a HOT update (about 150 B of WAL against 818 B). Keep it so.
    """
CREATE TABLE live_jobs (
  place        timestamptz,           -- sort key of the lane; NULL: not in line, `wait` says why. Kept while running
  run_at       timestamptz NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  started_at   timestamptz,           -- of the last claim
  limit_key    bigint,                -- NULL: no concurrency limit
  owner_id     int NOT NULL,          -- users.key
  lane         int NOT NULL,
  worker_id    int,                   -- the holder; NOT NULL = running
  run          int NOT NULL DEFAULT 0, -- one more at each claim, never lowered; fencing token = (worker_id, run)
  priority     smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 2),
  wait         smallint NOT NULL DEFAULT 0 CHECK (wait BETWEEN 0 AND 6),
  attempt      smallint NOT NULL DEFAULT 0, -- budget used
  max_attempts smallint NOT NULL DEFAULT 5,
  budget       smallint NOT NULL DEFAULT 5, -- the first max_attempts; a retry by hand grants it again
  crashes      smallint NOT NULL DEFAULT 0, -- changed by rescue alone, so it may stand in index predicates
  cancel_asked boolean NOT NULL DEFAULT false,
  notify       boolean NOT NULL DEFAULT false, -- the owner wants it in the inbox
  id           uuid NOT NULL,         -- UUIDv7, made by the server before the insert
  batch_id     uuid,
  schedule_id  uuid,
  kind         text NOT NULL,
  unique_key   text,
  payload      jsonb NOT NULL,
  options      jsonb,                 -- what differs from the server's defaults: time-out, backoff
  tags         text[],
  attempts     jsonb,                 -- runs that did not complete: the first and the last 20
  progress     jsonb,
  CONSTRAINT live_jobs_pkey PRIMARY KEY (id),
  CONSTRAINT live_jobs_place_or_wait CHECK ((place IS NULL) = (wait <> 0))
) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000000)""",
    "COMMENT ON TABLE live_jobs IS 'Unfinished jobs only. Finishing moves the row to finished_jobs in one statement'",
    # claim, in exact order
    "CREATE INDEX live_claim ON live_jobs (lane, priority, place, id) WHERE place IS NOT NULL AND crashes < 2",
    # lost twice: run alone
    "CREATE INDEX live_alone ON live_jobs (lane, place, id) WHERE place IS NOT NULL AND crashes >= 2",
    # promote
    "CREATE INDEX live_due ON live_jobs (run_at) WHERE place IS NULL AND wait IN (1, 2)",
    # pages
    "CREATE INDEX live_owner ON live_jobs (owner_id, id DESC)",
    "CREATE UNIQUE INDEX live_unique ON live_jobs (owner_id, unique_key) WHERE unique_key IS NOT NULL",
    # admission: who is next, and how many are in
    "CREATE INDEX live_limit ON live_jobs (limit_key, priority, run_at, id) WHERE place IS NULL AND wait = 4",
    "CREATE INDEX live_admitted ON live_jobs (limit_key) WHERE place IS NOT NULL AND limit_key IS NOT NULL",
    # no worker, held
    "CREATE INDEX live_parked ON live_jobs (lane, kind) WHERE place IS NULL AND wait IN (5, 6)",
    # until = -infinity: expired, the decision of one UPDATE
    """
CREATE TABLE leases (
  job_id uuid PRIMARY KEY,
  run    int NOT NULL,
  until  timestamptz NOT NULL
)""",
    "COMMENT ON TABLE leases IS 'Jobs claimed over HTTP; a server worker holds all its jobs by its row in workers'",
    "CREATE INDEX leases_until ON leases (until)",
]

HISTORY = [
    """
CREATE TABLE finished_jobs (
  run_at timestamptz NOT NULL, created_at timestamptz NOT NULL, started_at timestamptz,
  finished_at timestamptz NOT NULL,
  finish_xid bigint NOT NULL, -- the transaction that finished it: replay reads finish_xid >= cursor
  limit_key bigint, owner_id int NOT NULL, lane int NOT NULL, worker_id int, run int NOT NULL,
  priority smallint NOT NULL, state smallint NOT NULL, attempt smallint NOT NULL, max_attempts smallint NOT NULL,
  budget smallint NOT NULL, crashes smallint NOT NULL, notify boolean NOT NULL,
  id uuid NOT NULL, batch_id uuid, schedule_id uuid, kind text NOT NULL, unique_key text, payload jsonb NOT NULL,
  options jsonb, tags text[], attempts jsonb, result jsonb
) PARTITION BY LIST (state)""",
    "COMMENT ON TABLE finished_jobs IS 'History: append-only but for retry by hand and discard; retention drops days'",
    "CREATE TABLE finished_good PARTITION OF finished_jobs FOR VALUES IN (5) PARTITION BY RANGE (finished_at)",
    "CREATE TABLE finished_bad PARTITION OF finished_jobs FOR VALUES IN (6, 7) PARTITION BY RANGE (finished_at)",
    # pages, look-up by (owner, id), retry by hand: stands for a primary key
    "CREATE INDEX finished_owner ON finished_jobs (owner_id, id DESC)",
    # replay
    "CREATE INDEX finished_xid ON finished_jobs USING brin (finish_xid) WITH (pages_per_range = 16)",
    "CREATE INDEX finished_id ON finished_jobs USING brin (id uuid_minmax_multi_ops) WITH (pages_per_range = 16)",
    """
CREATE TABLE notifications (
  at timestamptz NOT NULL, owner_id int NOT NULL, state smallint NOT NULL, job_id uuid NOT NULL, kind text NOT NULL
) PARTITION BY RANGE (at)""",
    "COMMENT ON TABLE notifications IS 'The inbox, written in the finishing statement for jobs that say so'",
    "CREATE INDEX notifications_owner ON notifications (owner_id, at DESC)",
    # CREATE + ATTACH locks the parent beside readers and finishes; PARTITION OF would wait for every reader, and every
    # finish behind it. No DEFAULT partition: it forbids DETACH CONCURRENTLY. A missing one fails a finish with 23514.
    """
CREATE FUNCTION make_partitions(first date, days int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  d date;
  t text;
  p text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('jobyard.make_partitions'));
  FOR d IN SELECT first + g FROM generate_series(0, days - 1) g LOOP
    FOREACH t IN ARRAY '{finished_good,finished_bad,notifications}'::text[] LOOP
      p := t || to_char(d, '_YYYYMMDD');
      CONTINUE WHEN to_regclass(p) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', p, t);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', t, p,
                     d || ' 00:00+00', (d + 1) || ' 00:00+00');
    END LOOP;
  END LOOP;
END $$""",
    "SELECT make_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9)",
]

READERS = [
    # The one place where a state is derived.
    """
CREATE FUNCTION live_state(worker_id int, place timestamptz, wait smallint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN worker_id IS NOT NULL THEN 3 WHEN place IS NOT NULL OR wait IN (4, 5, 6) THEN 2
       WHEN wait IN (1, 3) THEN 1 WHEN wait = 2 THEN 4 END::smallint""",
    """
CREATE FUNCTION state_name(state smallint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ('{scheduled,pending,running,retrying,completed,failed,cancelled}'::text[])[state]""",
    # One entry per run that did not complete: the first and the last 20 are kept.
    """
CREATE FUNCTION add_attempt(attempts jsonb, run int, attempt smallint, worker_id int, started_at timestamptz,
                            outcome text, error jsonb) RETURNS jsonb LANGUAGE sql VOLATILE RETURN
  CASE WHEN jsonb_array_length(attempts) > 20 THEN attempts - 1 ELSE coalesce(attempts, '[]') END
  || jsonb_build_array(jsonb_build_object('run', run, 'attempt', attempt, 'worker', worker_id, 'started_at', started_at,
                                          'finished_at', clock_timestamp(), 'outcome', outcome, 'error', error))""",
    # The error of the last run that had one, without its traceback.
    """
CREATE FUNCTION last_error(attempts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  (SELECT (entry -> 'error') - 'traceback' FROM jsonb_array_elements(attempts) WITH ORDINALITY AS e (entry, number)
   WHERE jsonb_typeof(entry -> 'error') = 'object' ORDER BY number DESC LIMIT 1)""",
    # For people with psql and for pages: filter on state_code (it prunes partitions; `state` is for the eye).
    """
CREATE VIEW jobs AS
  SELECT id, owner_id, lane, kind, state_name(live_state(worker_id, place, wait)) AS state,
         live_state(worker_id, place, wait) AS state_code, priority, wait, place, run_at, created_at, started_at,
         NULL::timestamptz AS finished_at, NULL::bigint AS finish_xid, worker_id, run, attempt, max_attempts, crashes,
         cancel_asked, batch_id, schedule_id, unique_key, tags, payload, options, attempts, progress,
         NULL::jsonb AS result
  FROM live_jobs
  UNION ALL
  SELECT id, owner_id, lane, kind, state_name(state), state, priority, NULL, NULL, run_at, created_at, started_at,
         finished_at, finish_xid, worker_id, run, attempt, max_attempts, crashes,
         false, batch_id, schedule_id, unique_key, tags, payload, options, attempts, NULL, result
  FROM finished_jobs""",
]

DOWN = [
    "DROP VIEW jobs",
    "DROP FUNCTION last_error(jsonb)",
    "DROP FUNCTION add_attempt(jsonb, int, smallint, int, timestamptz, text, jsonb)",
    "DROP FUNCTION state_name(smallint)",
    "DROP FUNCTION live_state(int, timestamptz, smallint)",
    "DROP FUNCTION make_partitions(date, int)",
    "DROP TABLE notifications, finished_jobs, leases, live_jobs, watchers, workers, lanes",
]


def upgrade() -> None:
    """Create everything."""
    for statement in [*LINES, *LIVE, *HISTORY, *READERS]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything, jobs included."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
