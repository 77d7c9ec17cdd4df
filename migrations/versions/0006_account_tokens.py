"""Accounts: tokens that travel by mail, users whose data is being deleted, and throttles that remember each time."""

from alembic import op

revision = "0006_account_tokens"
down_revision = "0005_inbox"
branch_labels = None
depends_on = None

UP = [
    # The row stays, without a name, until all that the user had is gone.
    "ALTER TABLE users ADD COLUMN deleted_at timestamptz",
    "CREATE INDEX ix_users_deleted_at ON users (deleted_at) WHERE deleted_at IS NOT NULL",
    """
CREATE TABLE account_tokens (
  token_hash   bytea CONSTRAINT pk_account_tokens PRIMARY KEY, -- SHA-256; used once: then the row is gone
  purpose      text NOT NULL CONSTRAINT ck_account_tokens_purpose CHECK (purpose IN ('reset', 'verify', 'invite')),
  -- NULL of an invitation
  user_key     int CONSTRAINT fk_account_tokens_user_key_users REFERENCES users (key) ON DELETE CASCADE,
  email        text NOT NULL,
  email_folded text NOT NULL, -- it is good for this address alone
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL
)""",
    "COMMENT ON TABLE account_tokens IS 'What links in mails and invitations carry, as hashes'",
    "CREATE INDEX ix_account_tokens_user_key ON account_tokens (user_key, purpose)",
    "CREATE INDEX ix_account_tokens_email_folded ON account_tokens (email_folded, purpose)",
    "CREATE INDEX ix_account_tokens_expires_at ON account_tokens (expires_at)",
    # A window that slides: `hits` and `ends_at` are still kept, for the release before this one.
    "ALTER TABLE throttles ADD COLUMN times timestamptz[] NOT NULL DEFAULT '{}'",
]

DOWN = [
    "ALTER TABLE throttles DROP COLUMN times",
    "DROP TABLE account_tokens",
    "ALTER TABLE users DROP COLUMN deleted_at",
]


def upgrade() -> None:
    """Create everything."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything: links that were sent are no good any more, and deletions that were under way stop."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
