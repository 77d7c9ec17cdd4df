"""Tables as SQLAlchemy models, where these can say what a table is. The engine's are SQL alone, in the migrations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

NOW = func.now()
TIME = DateTime(timezone=True)


class UserRow(DefaultBase):
    """An account. Jobs carry `key` (4 bytes); the world sees `id`."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'admin')", name="role"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
        Index("ix_users_held_at", "key", postgresql_where=text("held_at IS NOT NULL")),
        Index("ix_users_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        {"comment": "Accounts"},
    )

    key: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    email: Mapped[str] = mapped_column(Text)
    email_folded: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, server_default="user")
    email_verified: Mapped[bool] = mapped_column(Boolean, server_default="false")
    created_at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    disabled_at: Mapped[datetime | None] = mapped_column(TIME)
    weight: Mapped[int] = mapped_column(SmallInteger, server_default="10")
    held_at: Mapped[datetime | None] = mapped_column(
        TIME, comment="Some of its jobs may be held: set with disabled_at, NULL when all are back"
    )
    """Some of its jobs may be held: set with `disabled_at`, NULL when all are back in line."""
    deleted_at: Mapped[datetime | None] = mapped_column(TIME)
    """The row stays, without a name, until all that the user had is gone."""


class SessionRow(DefaultBase):
    """A sign-in. `token_hash` is of the refresh token that is good now, `previous_hash` of the one before."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_key", "user_key", "used_at"), {"comment": "Sign-ins"})

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_key: Mapped[int] = mapped_column(ForeignKey("users.key", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    device: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    used_at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    rotated_at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(TIME)
    ends_at: Mapped[datetime] = mapped_column(TIME)
    """However often it is used, it is over then."""
    revoked_at: Mapped[datetime | None] = mapped_column(TIME)


class ThrottleRow(DefaultBase):
    """When it happened, within a window that slides. `key` is a hash of what is counted."""

    __tablename__ = "throttles"
    __table_args__ = (
        Index("ix_throttles_ends_at", "ends_at"),
        {"comment": "Counts of failed sign-ins and of sign-ups, each in its window"},
    )

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    """How many `times` there are, and one more when the last was refused."""
    ends_at: Mapped[datetime] = mapped_column(TIME)
    times: Mapped[list[datetime]] = mapped_column(ARRAY(TIME), server_default="{}")


class AccountTokenRow(DefaultBase):
    """What a link in a mail, or an invitation, carries: used once, good for one address."""

    __tablename__ = "account_tokens"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset', 'verify', 'invite')", name="purpose"),
        Index("ix_account_tokens_user_key", "user_key", "purpose"),
        Index("ix_account_tokens_email_folded", "email_folded", "purpose"),
        Index("ix_account_tokens_expires_at", "expires_at"),
        {"comment": "What links in mails and invitations carry, as hashes"},
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    user_key: Mapped[int | None] = mapped_column(ForeignKey("users.key", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(Text)
    email_folded: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(TIME)


class ApiKeyRow(DefaultBase):
    """A key for a program. `hash` is SHA-256 of all of it: 256 bits of randomness need no salt and no slow hash."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("ix_api_keys_user_key", "user_key", "id"),
        {"comment": "Keys for programs; a deleted one has no row"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_key: Mapped[int] = mapped_column(ForeignKey("users.key", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str] = mapped_column(Text)
    """Its beginning, to be told by."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    expires_at: Mapped[datetime | None] = mapped_column(TIME)
    last_used_at: Mapped[datetime | None] = mapped_column(TIME)
    """To the minute."""


class AuditRow(DefaultBase):
    """Who did what to what, from where, when. `user_key` is whose trail it stands in, `actor_key` who did it."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_user_key", "user_key", "id"),
        Index("ix_audit_actor_key", "actor_key", "id", postgresql_where=text("actor_key IS DISTINCT FROM user_key")),
        Index("ix_audit_invited", text("lower(detail ->> 'email')"), postgresql_where=text("action = 'user_invited'")),
        {"comment": "Who did what to what, from where, when; kept for JOBYARD_AUDIT_DAYS"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(TIME, server_default=NOW)
    user_key: Mapped[int | None] = mapped_column(Integer)
    actor_key: Mapped[int | None] = mapped_column(Integer)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    actor_name: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    target_kind: Mapped[str] = mapped_column(Text)
    target_id: Mapped[UUID | None] = mapped_column(Uuid)
    address: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class InboxRow(DefaultBase):
    """What a user wants to be told of, and how many notifications were folded away."""

    __tablename__ = "inboxes"
    __table_args__ = {"comment": "What a user wants to be told of, and how many notifications were folded away"}  # noqa: RUF012

    user_key: Mapped[int] = mapped_column(ForeignKey("users.key", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    settings: Mapped[str | None] = mapped_column(Text)
