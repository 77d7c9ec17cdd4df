"""Statistics are kept as finely as the windows of their age are told: rows of 1, 5 and 15 minutes, 1 and 6 hours.

Before, minutes became hours after a day: a day was 1,440 rows of a kind, 90 days 3,600. Now they are some 250 and 700.
`stats_merged` says how far rows of each width reach. The release before still makes minutes into hours by its own mark,
`stats_progress.merged_to`, and reads rows of any width.
"""

from alembic import op

revision = "0011_statistics_by_age"
down_revision = "0010_statistics_since"
branch_labels = None
depends_on = None

UP = [
    """
CREATE TABLE stats_merged (
  seconds   int PRIMARY KEY,     -- how wide rows are made
  merged_to timestamptz NOT NULL -- up to where they are
)""",
    "COMMENT ON TABLE stats_merged IS 'How far job_stats are merged: the older, the wider their rows'",
    """
INSERT INTO stats_merged (seconds, merged_to)
SELECT seconds, CASE WHEN seconds <= 3600 THEN merged_to ELSE '-infinity' END
FROM stats_progress, unnest('{300,900,3600,21600}'::int[]) seconds""",
]

DOWN = "DROP TABLE stats_merged"


def upgrade() -> None:
    """Make the marks: what is hours already is where it was."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop them. Rows stay as wide as they are."""
    op.get_bind().exec_driver_sql(DOWN)
