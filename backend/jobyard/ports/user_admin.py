"""What administrators see and change of users, and what becomes of a disabled user's jobs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.user import Role, User


@dataclass(frozen=True, slots=True)
class ManagedUser:
    """A user as administrators see it. `weight`: its share where users compete for workers, 1 to 100."""

    user: User
    weight: int
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ManagedUserPage:
    """Some users, newest first, and the key to go on below (None: that was all).

    A page may hold fewer than asked for, or none, and still not be the last: a search reads 2,000 rows at most.
    """

    items: list[ManagedUser]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is to be changed; None stays as it is."""

    role: Role | None = None
    disabled: bool | None = None
    weight: int | None = None


class UserAdmin(Protocol):
    """Users, in the unit of work that it belongs to."""

    async def page(self, search: str, before: int | None, limit: int) -> ManagedUserPage:
        """Users whose email or name has `search` in it, newest first."""
        ...

    async def hold(self, user_id: UUID) -> ManagedUser | None:
        """One user, locked until the unit of work ends."""
        ...

    async def change(self, key: int, change: UserChange) -> ManagedUser:
        """Change what is to be changed. The waiting jobs of a disabled user are held from now on: see `HeldJobs`."""
        ...


class HeldJobs(Protocol):
    """The waiting jobs of disabled users are out of line, and come back when their owner is enabled again."""

    async def begin(self, owner: int) -> None:
        """Hold, or bring back, the first some thousand jobs of an owner that was just disabled or enabled."""
        ...

    async def step(self) -> bool:
        """Hold, or bring back, the next part of what is left, of all. Whether there was anything to do."""
        ...
