"""What keeps a yard in order: timelines by day, leadership with a lease, retention, statistics by the minute."""

from alembic import op

revision = "0003_upkeep"
down_revision = "0002_engine"
branch_labels = None
depends_on = None

TABLES_BY_DAY = "finished_good,finished_bad,notifications"
"""Before this migration; from now on also job_events."""

UP = [
    "CREATE SEQUENCE job_events_id",
    """
CREATE TABLE job_events (
  id        bigint NOT NULL DEFAULT nextval('job_events_id'),
  at        timestamptz NOT NULL,
  job_id    uuid NOT NULL,
  owner_id  int NOT NULL,
  run       int NOT NULL,
  attempt   int NOT NULL,
  worker_id int,
  type      text NOT NULL,
  detail    jsonb
) PARTITION BY RANGE (at)""",
    "COMMENT ON TABLE job_events IS 'What the columns of a job cannot tell: late results, blocked loops, edits'",
    "CREATE INDEX job_events_job ON job_events (job_id, at)",
    """
CREATE TABLE leaders (
  role   text PRIMARY KEY,
  holder int NOT NULL, -- workers.id
  until  timestamptz NOT NULL
)""",
    "COMMENT ON TABLE leaders IS 'Who does what one worker does for all, until when: a lease, renewed every second'",
    # Statistics. A row is added to, never moved: the roller reads the finished log by transaction, each row once.
    """
CREATE TABLE job_stats (
  minute    timestamptz NOT NULL,
  owner_id  int NOT NULL,
  kind      text NOT NULL,
  completed int NOT NULL DEFAULT 0,
  failed    int NOT NULL DEFAULT 0,
  cancelled int NOT NULL DEFAULT 0,
  waits     int[] NOT NULL, -- finished jobs by stats_bucket of the seconds from run_at to the last claim
  runs      int[] NOT NULL, -- and of the seconds from the last claim to the end
  PRIMARY KEY (owner_id, minute, kind)
) WITH (fillfactor = 70)""",
    "COMMENT ON TABLE job_stats IS 'Finished jobs by owner, kind and minute, with histograms of wait and run time'",
    "CREATE INDEX job_stats_minute ON job_stats (minute)",
    """
CREATE TABLE stats_progress (
  one_row   boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  rolled_to bigint NOT NULL, -- every finished row of a smaller transaction has been counted
  at        timestamptz NOT NULL DEFAULT now()
)""",
    """
INSERT INTO stats_progress (rolled_to)
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint""",
    # 1 ms to 12 days in 40 steps of a factor of 1.7: a percentile read from it is at most 30 % off.
    """
CREATE FUNCTION stats_bucket(seconds float8) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN seconds IS NULL OR seconds <= 0.001 THEN 1
       ELSE least(40, 2 + floor(ln(seconds / 0.001) / ln(1.7))::int) END""",
    """
CREATE FUNCTION stats_histogram(buckets int[]) RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (SELECT array_agg(coalesce(n, 0) ORDER BY b) FROM generate_series(1, 40) b
   LEFT JOIN (SELECT bucket, count(*)::int AS n FROM unnest(buckets) bucket GROUP BY bucket) counted ON bucket = b)""",
    """
CREATE FUNCTION stats_sum(a int[], b int[]) RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY n) FROM unnest(a, b) WITH ORDINALITY AS t (x, y, n))""",
    # Day partitions of a parent that ended before a day, oldest first: what retention drops.
    """
CREATE FUNCTION old_partitions(parent text, before date) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = parent::regclass AND c.relname ~ (parent || '_[0-9]{8}$')
    AND to_date(right(c.relname, 8), 'YYYYMMDD') < before
  ORDER BY c.relname
$$""",
]

DOWN = [
    "DROP FUNCTION old_partitions(text, date)",
    "DROP TABLE job_events, leaders, job_stats, stats_progress",
    "DROP SEQUENCE job_events_id",
    "DROP FUNCTION stats_sum(int[], int[])",
    "DROP FUNCTION stats_histogram(int[])",
    "DROP FUNCTION stats_bucket(float8)",
]


def make_partitions(tables: str) -> str:
    """The function that makes day partitions of these tables; 0002_engine says why it does it so."""
    body = """
CREATE OR REPLACE FUNCTION make_partitions(first date, days int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  d date;
  t text;
  p text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('jobyard.make_partitions'));
  FOR d IN SELECT first + g FROM generate_series(0, days - 1) g LOOP
    FOREACH t IN ARRAY '{TABLES}'::text[] LOOP
      p := t || to_char(d, '_YYYYMMDD');
      CONTINUE WHEN to_regclass(p) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', p, t);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', t, p,
                     d || ' 00:00+00', (d + 1) || ' 00:00+00');
    END LOOP;
  END LOOP;
END $$"""
    return body.replace("TABLES", tables)


def upgrade() -> None:
    """Create everything, and the partitions of the next days."""
    for statement in [
        *UP,
        make_partitions(f"{TABLES_BY_DAY},job_events"),
        "SELECT make_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9)",
    ]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop timelines, statistics and leadership."""
    for statement in [make_partitions(TABLES_BY_DAY), *DOWN]:
        op.get_bind().exec_driver_sql(statement)
