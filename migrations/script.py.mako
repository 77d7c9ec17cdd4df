"""${message}."""

from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """What this release needs. The release before must go on working on it: it still runs while this does."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Back to the release before."""
    ${downgrades if downgrades else "pass"}
