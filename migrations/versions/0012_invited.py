"""Lines that tell of an invitation name an address: the end of its account finds them by it, and takes it out of them.

The release before leaves the index alone. While it is made, which reads the table once, new lines of the trail wait.
"""

from alembic import op

revision = "0012_invited"
down_revision = "0011_statistics_by_age"
branch_labels = None
depends_on = None

UP = "CREATE INDEX ix_audit_invited ON audit (lower(detail ->> 'email')) WHERE action = 'user_invited'"

DOWN = "DROP INDEX ix_audit_invited"


def upgrade() -> None:
    """Create the index."""
    op.get_bind().exec_driver_sql(UP)


def downgrade() -> None:
    """Drop it."""
    op.get_bind().exec_driver_sql(DOWN)
