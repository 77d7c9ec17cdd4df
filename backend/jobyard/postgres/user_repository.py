"""Users. The clock is the database's."""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from jobyard.domain.user import Role, User, Viewer
from jobyard.ports import Account, NewUser
from jobyard.postgres.tables import UserRow

ADMIN_LOCK = 0x6A79_0002
"""Advisory lock: whoever makes or unmakes an administrator holds it, so that two at once do not leave none."""

_HERE = UserRow.deleted_at.is_(None)


class PostgresUsers:
    """The port `Users`. Who left is nowhere in it, though its row stays for a while."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: NewUser) -> User | None:
        """Store a new user. Index: uq_users_email_folded decides between two at once."""
        statement = (
            insert(UserRow)
            .values(
                id=user.id,
                email=user.email,
                email_folded=user.email_folded,
                name=user.name,
                password_hash=user.password_hash,
            )
            .on_conflict_do_nothing(index_elements=["email_folded"])
            .returning(UserRow)
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        return user_of(row) if row else None

    async def by_email(self, email_folded: str) -> Account | None:
        """The account with this address."""
        row = await self._session.scalar(select(UserRow).where(UserRow.email_folded == email_folded, _HERE))
        return Account(user_of(row), row.password_hash) if row else None

    async def get(self, user_id: UUID) -> User | None:
        """The user with this id."""
        row = await self._session.scalar(select(UserRow).where(UserRow.id == user_id, _HERE))
        return user_of(row) if row else None

    async def hold(self, key: int) -> Account | None:
        """The account, locked. Sign-ins of one user take turns here; new sessions' foreign keys do not wait for it."""
        statement = select(UserRow).where(UserRow.key == key, _HERE).with_for_update(key_share=True)
        row = await self._session.scalar(statement)
        return Account(user_of(row), row.password_hash) if row else None

    async def rename(self, viewer: Viewer, name: str) -> User | None:
        """Change the viewer's own name."""
        return await self._change(UserRow.key == viewer.key, name=name)

    async def set_password_hash(self, key: int, password_hash: str) -> None:
        """Keep another hash."""
        await self._change(UserRow.key == key, password_hash=password_hash)

    async def verify_email(self, key: int, email_folded: str) -> User | None:
        """Note that its address is the user's."""
        return await self._change((UserRow.key == key) & (UserRow.email_folded == email_folded), email_verified=True)

    async def is_last_admin(self, key: int) -> bool:
        """Whether no other user could administrate. Locks: ADMIN_LOCK, until the unit of work ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(ADMIN_LOCK)))
        admin = (UserRow.role == Role.ADMIN.value) & UserRow.disabled_at.is_(None)
        one, another = admin & (UserRow.key == key), admin & (UserRow.key != key)
        return bool(await self._session.scalar(select(exists().where(one) & ~exists().where(another))))

    async def depart(self, key: int) -> None:
        """Blank the row. What is put in the address's place has no @: nobody can have it, and it is unique."""
        await self._change(
            UserRow.key == key,
            email="",
            email_folded=text("'departed ' || id"),
            name="",
            password_hash="",
            role=Role.USER.value,
            email_verified=False,
            disabled_at=func.coalesce(UserRow.disabled_at, func.now()),
            deleted_at=func.now(),
        )

    async def _change(self, which: ColumnElement[bool], **values: Any) -> User | None:
        statement = update(UserRow).where(which, _HERE).values(**values).returning(UserRow)
        row = (await self._session.execute(statement)).scalar_one_or_none()
        return user_of(row) if row else None


def user_of(row: UserRow) -> User:
    """The user that a row is."""
    return User(
        key=row.key,
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        email_verified=row.email_verified,
        created_at=row.created_at,
        disabled=row.disabled_at is not None,
    )
