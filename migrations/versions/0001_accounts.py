"""Accounts: users, their sessions, and counts that slow down guessing."""

from alembic import op

revision = "0001_accounts"
down_revision = None
branch_labels = None
depends_on = None

UP = [
    """
CREATE TABLE users (
  key            int GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_users PRIMARY KEY, -- what jobs carry as their owner
  id             uuid NOT NULL CONSTRAINT uq_users_id UNIQUE,                      -- what the world sees
  email          text NOT NULL,
  email_folded   text NOT NULL CONSTRAINT uq_users_email_folded UNIQUE,            -- as it is compared
  name           text NOT NULL,
  password_hash  text NOT NULL,
  role           text NOT NULL DEFAULT 'user' CONSTRAINT ck_users_role CHECK (role IN ('user', 'admin')),
  email_verified boolean NOT NULL DEFAULT false,
  created_at     timestamptz NOT NULL DEFAULT now(),
  disabled_at    timestamptz
)""",
    "COMMENT ON TABLE users IS 'Accounts'",
    """
CREATE TABLE sessions (
  id            uuid CONSTRAINT pk_sessions PRIMARY KEY,
  user_key      int NOT NULL CONSTRAINT fk_sessions_user_key_users REFERENCES users (key) ON DELETE CASCADE,
  token_hash    bytea NOT NULL, -- SHA-256 of the refresh token that is good now
  previous_hash bytea,          -- of the one before: good for some seconds more, for whoever lost the answer
  device        text NOT NULL,
  address       text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  used_at       timestamptz NOT NULL DEFAULT now(),
  rotated_at    timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL, -- unless it is used before
  ends_at       timestamptz NOT NULL, -- however often it is used
  revoked_at    timestamptz
)""",
    "COMMENT ON TABLE sessions IS 'Sign-ins'",
    "CREATE INDEX ix_sessions_user_key ON sessions (user_key, used_at)",
    """
CREATE TABLE throttles (
  key     bytea CONSTRAINT pk_throttles PRIMARY KEY, -- a hash of an address, or of an account and an address
  hits    int NOT NULL,
  ends_at timestamptz NOT NULL
) WITH (fillfactor = 50)""",
    "COMMENT ON TABLE throttles IS 'Counts of failed sign-ins and of sign-ups, each in its window'",
    "CREATE INDEX ix_throttles_ends_at ON throttles (ends_at)",
]


def upgrade() -> None:
    """Create everything."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything, accounts included."""
    op.get_bind().exec_driver_sql("DROP TABLE throttles, sessions, users")
