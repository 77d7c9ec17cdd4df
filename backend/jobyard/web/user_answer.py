"""A user, as answers tell of it."""

from datetime import datetime
from uuid import UUID

import msgspec

from jobyard.domain.user import Role, User


class UserAnswer(msgspec.Struct):
    """A user."""

    id: UUID
    email: str
    name: str
    role: Role
    email_verified: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserAnswer":
        return cls(user.id, user.email, user.name, user.role, user.email_verified, user.created_at)
