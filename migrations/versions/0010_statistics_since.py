"""How far back the statistics look for what they have not counted: as far as an open transaction has held them back.

Before, two days: what finished under a transaction that stayed open for longer was never counted. `since`: nothing that
is not counted yet finished earlier. `mark`: a transaction number that was the next one at `mark_at`; once everything
below it is counted, nothing that is left can have finished before, and `since` moves there. The release before leaves
the three alone, which is safe: then it is looked farther back than needed.
"""

from alembic import op

revision = "0010_statistics_since"
down_revision = "0009_held_jobs"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE stats_progress
  ADD COLUMN since   timestamptz NOT NULL DEFAULT now() - interval '2 days',
  ADD COLUMN mark    bigint NOT NULL DEFAULT pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
  ADD COLUMN mark_at timestamptz NOT NULL DEFAULT now()"""

DOWN = "ALTER TABLE stats_progress DROP COLUMN mark_at, DROP COLUMN mark, DROP COLUMN since"


def upgrade() -> None:
    """Add the columns."""
    op.get_bind().exec_driver_sql(UP)


def downgrade() -> None:
    """Drop them: two days again."""
    op.get_bind().exec_driver_sql(DOWN)
