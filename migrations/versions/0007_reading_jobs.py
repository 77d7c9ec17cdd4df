"""Reading jobs: log lines by day, who did what to a job, failures by fingerprint, bulk operations, submits counted.

From now on make_partitions finds the tables by day itself: a migration that adds one (PARTITION BY RANGE of a time)
calls it, and has no list to keep.
"""

from alembic import op

revision = "0007_reading_jobs"
down_revision = "0006_account_tokens"
branch_labels = None
depends_on = None

OLD_TABLES = "finished_good,finished_bad,notifications,job_events"
"""What make_partitions named before."""

LOGS = [
    # A line is (run, number): a run numbers its own, so that lines sent twice are kept once, and the place after which
    # a reader goes on does not depend on who commits first.
    """
CREATE TABLE job_logs (
  at       timestamptz NOT NULL,
  job_id   uuid NOT NULL,
  owner_id int NOT NULL,
  run      int NOT NULL,
  number   int NOT NULL,      -- 1 for the run's first
  attempt  smallint NOT NULL,
  level    smallint NOT NULL, -- 0 debug, 1 info, 2 warning, 3 error
  message  text NOT NULL
) PARTITION BY RANGE (at)""",
    "COMMENT ON TABLE job_logs IS 'What handlers logged; all of a run is here before its outcome'",
    "CREATE INDEX job_logs_job ON job_logs (job_id, run, number)",
    # Who: {kind, id, name} as docs/api.md has it. NULL: the worker of worker_id, or the server itself.
    "ALTER TABLE job_events ADD COLUMN actor jsonb",
]

ERRORS = [
    # What two failures of one cause have in common: ids and numbers differ, the words do not.
    r"""
CREATE FUNCTION error_shape(message text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  regexp_replace(regexp_replace(left(message, 500), '[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}', '#', 'g'),
                 '0x[0-9a-fA-F]+|[0-9a-fA-F]*[0-9][0-9a-fA-F]*([.,:][0-9]+)*', '#', 'g')""",
    """
CREATE FUNCTION error_fingerprint(kind text, error jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  left(md5(concat_ws(E'\\n', kind, coalesce(error ->> 'type', ''), error_shape(error ->> 'message'))), 16)""",
]

OPERATIONS = [
    """
CREATE TABLE operations (
  id          uuid PRIMARY KEY,
  owner_id    int NOT NULL,
  verb        text NOT NULL CHECK (verb IN ('retry', 'cancel', 'discard')),
  filter      jsonb NOT NULL,
  actor       jsonb NOT NULL,
  state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed', 'cancelled', 'failed')),
  changed     int NOT NULL DEFAULT 0,
  skipped     int NOT NULL DEFAULT 0,
  place       uuid NOT NULL,      -- jobs with smaller ids are still to come; at first, those submitted before it
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  error       text,
  CHECK ((finished_at IS NULL) = (state = 'running'))
) WITH (fillfactor = 70)""",
    "COMMENT ON TABLE operations IS 'Changes of more than 1,000 jobs: the leader carries them on, batch by batch'",
    "CREATE INDEX operations_running ON operations (updated_at) WHERE state = 'running'",
    "CREATE INDEX operations_owner ON operations (owner_id, id DESC)",
]

STATISTICS = [
    # owner_id 0: everybody's together, for administrators.
    "ALTER TABLE job_stats ADD COLUMN submitted int NOT NULL DEFAULT 0",
    """
ALTER TABLE stats_progress
  ADD COLUMN submitted_to timestamptz NOT NULL DEFAULT date_trunc('minute', now()), -- submits before it are counted
  ADD COLUMN merged_to timestamptz NOT NULL DEFAULT '-infinity'                     -- minutes before it are hours""",
    # The smallest UUIDv7 of a millisecond: jobs of a time are a range of ids.
    """
CREATE FUNCTION first_id(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid""",
]

DOWN = [
    "DROP FUNCTION first_id(timestamptz)",
    "ALTER TABLE stats_progress DROP COLUMN merged_to, DROP COLUMN submitted_to",
    "DELETE FROM job_stats WHERE owner_id = 0",
    "ALTER TABLE job_stats DROP COLUMN submitted",
    "DROP TABLE operations",
    "DROP FUNCTION error_fingerprint(text, jsonb)",
    "DROP FUNCTION error_shape(text)",
    "ALTER TABLE job_events DROP COLUMN actor",
    "DROP TABLE job_logs",
]


def make_partitions(tables: str) -> str:
    """The function that makes day partitions of the tables of this expression; 0002_engine says why it does it so."""
    body = """
CREATE OR REPLACE FUNCTION make_partitions(first date, days int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  d date;
  t text;
  p text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('jobyard.make_partitions'));
  FOR d IN SELECT first + g FROM generate_series(0, days - 1) g LOOP
    FOREACH t IN ARRAY TABLES LOOP
      p := t || to_char(d, '_YYYYMMDD');
      CONTINUE WHEN to_regclass(p) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', p, t);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', t, p,
                     d || ' 00:00+00', (d + 1) || ' 00:00+00');
    END LOOP;
  END LOOP;
END $$"""
    return body.replace("TABLES", tables)


ALL_BY_DAY = """ARRAY(SELECT c.relname::text FROM pg_partitioned_table b JOIN pg_class c ON c.oid = b.partrelid
                        WHERE b.partstrat = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.oid)"""


def upgrade() -> None:
    """Create everything, and the partitions of the next days."""
    for statement in [
        *LOGS,
        *ERRORS,
        *OPERATIONS,
        *STATISTICS,
        make_partitions(ALL_BY_DAY),
        "SELECT make_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9)",
    ]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop it: log lines, who did what, operations and counts of submits are lost."""
    for statement in [make_partitions(f"'{{{OLD_TABLES}}}'::text[]"), *DOWN]:
        op.get_bind().exec_driver_sql(statement)
