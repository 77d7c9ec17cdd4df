"""Submitting: answers kept under an Idempotency-Key, jobs that wait for others, and batches with a job at their end.

Who waits is found from the waiting side: the statements that finish a job know nothing of it, and cost what they did
(docs/decisions/0012-following.md).
"""

from alembic import op

revision = "0008_submits"
down_revision = "0007_reading_jobs"
branch_labels = None
depends_on = None

UP = [
    """
CREATE TABLE idempotency_keys (
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  owner_id int NOT NULL,
  digest   bytea NOT NULL, -- SHA-256 of the call and its canonical body
  key      text NOT NULL,
  answer   bytea NOT NULL  -- the body of the first answer
) PARTITION BY RANGE (at)""",
    "COMMENT ON TABLE idempotency_keys IS 'First answers by Idempotency-Key, stored with their jobs; good for 24 h'",
    "CREATE INDEX idempotency_keys_key ON idempotency_keys (owner_id, key)",
    """
CREATE TABLE followed (
  job_id   uuid PRIMARY KEY,
  owner_id int NOT NULL
)""",
    "COMMENT ON TABLE followed IS 'Jobs that others wait for; the row is the lock of its follows'",
    "CREATE INDEX followed_owner ON followed (owner_id, job_id)",
    """
CREATE TABLE follows (
  job_id   uuid NOT NULL, -- in followed
  follower uuid NOT NULL, -- a job with wait = 3, or a batch
  PRIMARY KEY (job_id, follower)
)""",
    (
        "COMMENT ON TABLE follows IS "
        "'Who waits for what; a row goes when the job has ended. The last one lets the follower go'"
    ),
    "CREATE INDEX follows_follower ON follows (follower)",
    """
CREATE TABLE batches (
  id          uuid PRIMARY KEY, -- the batch_id of its jobs
  owner_id    int NOT NULL,
  on_complete jsonb NOT NULL
)""",
    (
        "COMMENT ON TABLE batches IS "
        "'Jobs to be submitted when a batch has ended; the row goes in the transaction that does'"
    ),
    "CREATE INDEX batches_owner ON batches (owner_id)",
    "SELECT make_partitions((now() AT TIME ZONE 'UTC')::date - 1, 9)",
]

DOWN = [
    # Nobody would let them go any more: what waits for other jobs runs.
    """
UPDATE live_jobs SET wait = CASE WHEN run_at > now() THEN 1 ELSE 0 END,
                     place = CASE WHEN run_at > now() THEN NULL ELSE now() END
WHERE wait = 3 AND place IS NULL""",
    "DROP TABLE batches, follows, followed, idempotency_keys",
]


def upgrade() -> None:
    """Create everything, and the partitions of the next days."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Let go of what waits for other jobs; jobs at the end of a batch that has not ended are lost."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
