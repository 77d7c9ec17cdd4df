"""The waiting jobs of a disabled user are held: out of line, and back in it when the user is enabled again."""

from alembic import op

revision = "0009_held_jobs"
down_revision = "0008_submits"
branch_labels = None
depends_on = None

UP = [
    "ALTER TABLE users ADD COLUMN held_at timestamptz",
    "COMMENT ON COLUMN users.held_at IS 'Some of its jobs may be held: set with disabled_at, NULL when all are back'",
    "UPDATE users SET held_at = now() WHERE disabled_at IS NOT NULL",
    # who to look after: few, so that a look each second costs nothing
    "CREATE INDEX ix_users_held_at ON users (key) WHERE held_at IS NOT NULL",
    # Asked by the statements that bring jobs into their line. STABLE and plain SQL: it is inlined.
    """
CREATE FUNCTION is_held(owner int) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN
  EXISTS (SELECT FROM users WHERE key = owner AND disabled_at IS NOT NULL)""",
]

DOWN = [
    # Nobody would bring them back: what is held runs.
    "UPDATE live_jobs SET place = run_at, wait = 0 WHERE place IS NULL AND wait = 6",
    "DROP FUNCTION is_held(int)",
    "ALTER TABLE users DROP COLUMN held_at",
]


def upgrade() -> None:
    """Create everything."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything, and let held jobs go."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
