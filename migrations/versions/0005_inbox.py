"""The inbox: which ends of a job its owner wants to hear of, what has been read, and each user's settings.

`live_jobs.notify` says whether the owner wants to hear that it completed, as the hottest statement reads it;
`notify_bad` whether of the other ends: bits 2 (failed) and 4 (cancelled), NULL: the same as of completing. So the two
commonest wishes, all and nothing, cost no byte; and a row that the release before stored means what it meant.
"""

from alembic import op

revision = "0005_inbox"
down_revision = "0004_keys_and_audit"
branch_labels = None
depends_on = None

UP = [
    "ALTER TABLE live_jobs ADD COLUMN notify_bad smallint",
    "ALTER TABLE finished_jobs ADD COLUMN notify_bad smallint",
    "ALTER TABLE notifications ADD COLUMN read boolean NOT NULL DEFAULT false, ADD COLUMN error text",
    """
CREATE TABLE inboxes (
  user_key int CONSTRAINT pk_inboxes PRIMARY KEY
           CONSTRAINT fk_inboxes_user_key_users REFERENCES users (key) ON DELETE CASCADE,
  folded   bigint NOT NULL DEFAULT 0, -- notifications beyond the newest 1,000, which are not kept
  settings text                       -- JSON: which ends of which jobs are told; NULL: the defaults
)""",
    "COMMENT ON TABLE inboxes IS 'What a user wants to be told of, and how many notifications were folded away'",
]

DOWN = [
    "DROP TABLE inboxes",
    "ALTER TABLE notifications DROP COLUMN error, DROP COLUMN read",
    "ALTER TABLE finished_jobs DROP COLUMN notify_bad",
    "ALTER TABLE live_jobs DROP COLUMN notify_bad",
]


def upgrade() -> None:
    """Add columns without rewriting a table, and the users' inboxes."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Forget settings, and what was read."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
