"""API keys, the audit trail, and a user's weight."""

from alembic import op

revision = "0004_keys_and_audit"
down_revision = "0003_upkeep"
branch_labels = None
depends_on = None

UP = [
    # With a default that is a constant no row is rewritten, and the previous release's sign-ups still fit.
    """
ALTER TABLE users ADD COLUMN weight smallint NOT NULL DEFAULT 10
  CONSTRAINT ck_users_weight CHECK (weight BETWEEN 1 AND 100)""",
    """
CREATE TABLE api_keys (
  id           uuid CONSTRAINT pk_api_keys PRIMARY KEY,
  user_key     int NOT NULL CONSTRAINT fk_api_keys_user_key_users REFERENCES users (key) ON DELETE CASCADE,
  name         text NOT NULL,
  hash         bytea NOT NULL CONSTRAINT uq_api_keys_hash UNIQUE, -- SHA-256 of the whole key
  hint         text NOT NULL,                                     -- its beginning, to be told by
  scopes       text[] NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  last_used_at timestamptz                                        -- to the minute
) WITH (fillfactor = 80)""",
    "COMMENT ON TABLE api_keys IS 'Keys for programs; a deleted one has no row'",
    "CREATE INDEX ix_api_keys_user_key ON api_keys (user_key, id)",
    # No foreign key: a line may outlive who acted. Whose account is deleted, its lines go with it.
    """
CREATE TABLE audit (
  id          uuid CONSTRAINT pk_audit PRIMARY KEY, -- UUIDv7: the order of lists
  at          timestamptz NOT NULL DEFAULT now(),
  user_key    int,           -- whose trail: to whom it was done
  actor_key   int,           -- who did it, also by an API key
  actor_kind  text NOT NULL, -- user, api_key, anonymous, system
  actor_id    uuid,
  actor_name  text,          -- of an API key; a user's email is read from users
  action      text NOT NULL,
  target_kind text NOT NULL,
  target_id   uuid,
  address     text NOT NULL,
  request_id  text NOT NULL,
  detail      jsonb NOT NULL
)""",
    "COMMENT ON TABLE audit IS 'Who did what to what, from where, when; kept for JOBYARD_AUDIT_DAYS'",
    "CREATE INDEX ix_audit_user_key ON audit (user_key, id)",
    # what one did to others: administrators alone, so it is small
    "CREATE INDEX ix_audit_actor_key ON audit (actor_key, id) WHERE actor_key IS DISTINCT FROM user_key",
]

DOWN = [
    "DROP TABLE audit, api_keys",
    "ALTER TABLE users DROP COLUMN weight",
]


def upgrade() -> None:
    """Create everything."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything: API keys and the trail are lost."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
