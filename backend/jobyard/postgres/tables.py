"""Tables as SQLAlchemy models, where these can say what a table is. The engine's are SQL alone, in the migrations."""

from datetime import datetime
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

NOW = func.now()
TIME = DateTime(timezone=True)


class UserRow(DefaultBase):
    """An account. Jobs carry `key` (4 bytes); the world sees `id`."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('user', 'admin')", name="role"), {"comment": "Accounts"})

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
    """A count in a window. `key` is a hash of what is counted."""

    __tablename__ = "throttles"
    __table_args__ = (
        Index("ix_throttles_ends_at", "ends_at"),
        {"comment": "Counts of failed sign-ins and of sign-ups, each in its window"},
    )

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime] = mapped_column(TIME)
