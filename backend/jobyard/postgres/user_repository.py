"""Users, sessions and throttles. The clock is the database's."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import Float, case, cast, delete, extract, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from jobyard.domain.user import Role, User, Viewer
from jobyard.ports import Account, AccountWork, NewSession, NewUser, Session
from jobyard.postgres.tables import SessionRow, ThrottleRow, UserRow

SWEEP = 10
"""Each count takes up to this many dead ones away, so that they never pile up and no job is needed for it."""

_ALIVE = (
    SessionRow.revoked_at.is_(None)
    & (SessionRow.expires_at > func.now())
    & (SessionRow.ends_at > func.now())
    & UserRow.disabled_at.is_(None)
)


class _UserRows(SQLAlchemyAsyncRepository[UserRow]):
    model_type = UserRow


class PostgresUsers:
    """The port `Users`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rows = _UserRows(session=session)

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
        return _user(row) if row else None

    async def by_email(self, email_folded: str) -> Account | None:
        """The account with this address."""
        row = await self._rows.get_one_or_none(email_folded=email_folded)
        return Account(_user(row), row.password_hash) if row else None

    async def get(self, user_id: UUID) -> User | None:
        """The user with this id."""
        row = await self._rows.get_one_or_none(id=user_id)
        return _user(row) if row else None

    async def rename(self, viewer: Viewer, name: str) -> User | None:
        """Change the viewer's own name."""
        return await self._change(UserRow.key == viewer.key, name=name)

    async def set_password_hash(self, key: int, password_hash: str) -> None:
        """Keep another hash."""
        await self._change(UserRow.key == key, password_hash=password_hash)

    async def make_admin(self, email_folded: str) -> User | None:
        """Give the user with this address the role `admin`."""
        return await self._change(UserRow.email_folded == email_folded, role=Role.ADMIN.value)

    async def _change(self, which: ColumnElement[bool], **values: Any) -> User | None:
        statement = update(UserRow).where(which).values(**values).returning(UserRow)
        row = (await self._session.execute(statement)).scalar_one_or_none()
        return _user(row) if row else None


class PostgresSessions:
    """The port `Sessions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def start(self, session: NewSession, keep: int) -> None:
        """Store a sign-in, and forget this user's oldest beyond `keep`. Index: ix_sessions_user_key."""
        await self._session.execute(
            insert(SessionRow).values(
                id=session.id,
                user_key=session.user_key,
                token_hash=session.token_hash,
                device=session.device,
                address=session.address,
                expires_at=func.now() + timedelta(seconds=session.idle_seconds),
                ends_at=func.now() + timedelta(seconds=session.longest_seconds),
            )
        )
        of_user = select(SessionRow.id).where(SessionRow.user_key == session.user_key)
        oldest = of_user.order_by(SessionRow.used_at.desc(), SessionRow.id.desc()).offset(keep)
        await self._session.execute(delete(SessionRow).where(SessionRow.id.in_(oldest)))

    async def lock(self, session_id: UUID) -> Session | None:
        """A sign-in, locked: two refreshes with one token take turns, and the second sees what the first did."""
        # clock_timestamp(), not now(): the lock may have been waited for.
        ago = cast(extract("epoch", func.clock_timestamp() - SessionRow.rotated_at), Float)
        statement = (
            select(SessionRow.token_hash, SessionRow.previous_hash, UserRow.id, ago, _ALIVE)
            .join(UserRow, UserRow.key == SessionRow.user_key)
            .where(SessionRow.id == session_id)
            .with_for_update(of=SessionRow)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        token_hash, previous_hash, user_id, rotated_ago, is_alive = row
        return Session(session_id, user_id, token_hash, previous_hash, float(rotated_ago), is_alive)

    async def rotate(self, session_id: UUID, token_hash: bytes, address: str, idle_seconds: float) -> None:
        """The token becomes the previous one."""
        await self._session.execute(
            update(SessionRow)
            .where(SessionRow.id == session_id)
            .values(
                previous_hash=SessionRow.token_hash,
                token_hash=token_hash,
                address=address,
                used_at=func.clock_timestamp(),
                rotated_at=func.clock_timestamp(),
                expires_at=func.now() + timedelta(seconds=idle_seconds),
            )
        )

    async def revoke(self, session_id: UUID) -> None:
        """End a sign-in."""
        await self._session.execute(
            update(SessionRow)
            .where(SessionRow.id == session_id, SessionRow.revoked_at.is_(None))
            .values(revoked_at=func.now())
        )

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive. Index: pk_sessions."""
        statement = (
            select(UserRow.key, UserRow.id, UserRow.role)
            .join(SessionRow, SessionRow.user_key == UserRow.key)
            .where(SessionRow.id == session_id, _ALIVE)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return Viewer(row[0], row[1], Role(row[2]), session_id) if row else None


class PostgresThrottles:
    """The port `Throttles`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hit(self, key: bytes, limit: int, window_seconds: float) -> float | None:
        """Count one. Locks the key's row until the unit of work ends: keep that short."""
        await self._sweep()
        over = ThrottleRow.ends_at <= func.now()
        new = insert(ThrottleRow).values(key=key, hits=1, ends_at=func.now() + timedelta(seconds=window_seconds))
        statement = new.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "hits": case((over, 1), else_=func.least(ThrottleRow.hits, limit) + 1),
                "ends_at": case((over, new.excluded.ends_at), else_=ThrottleRow.ends_at),
            },
        ).returning(ThrottleRow.hits, cast(extract("epoch", ThrottleRow.ends_at - func.now()), Float))
        hits, seconds_left = (await self._session.execute(statement)).one()
        return float(seconds_left) if hits > limit else None

    async def forgive(self, key: bytes) -> None:
        """Take one back."""
        await self._session.execute(
            update(ThrottleRow).where(ThrottleRow.key == key, ThrottleRow.hits > 0).values(hits=ThrottleRow.hits - 1)
        )

    async def forget(self, key: bytes) -> None:
        """Take all back."""
        await self._session.execute(delete(ThrottleRow).where(ThrottleRow.key == key))

    async def _sweep(self) -> None:
        dead = select(ThrottleRow.key).where(ThrottleRow.ends_at < func.now())
        some = dead.limit(SWEEP).with_for_update(skip_locked=True)
        await self._session.execute(delete(ThrottleRow).where(ThrottleRow.key.in_(some)))


class PostgresSessionDirectory:
    """The port `SessionDirectory`: asked at every request, each time in a transaction of its own."""

    def __init__(self, unit: Callable[[], AbstractAsyncContextManager[AccountWork]]) -> None:
        self._unit = unit

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive, or None."""
        async with self._unit() as work:
            return await work.sessions.viewer(session_id)


def _user(row: UserRow) -> User:
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
