"""Leadership tells since when it has had no gap: before that, a silent worker may just have had no database.

The release before renews without a look at it, and takes nobody's jobs sooner for it. The default is for its rows.
"""

from alembic import op

revision = "0013_steady"
down_revision = "0012_invited"
branch_labels = None
depends_on = None

UP = "ALTER TABLE leaders ADD COLUMN since timestamptz NOT NULL DEFAULT now()"

DOWN = "ALTER TABLE leaders DROP COLUMN since"


def upgrade() -> None:
    """Add the column; the table has a handful of rows."""
    op.get_bind().exec_driver_sql(UP)


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql(DOWN)
