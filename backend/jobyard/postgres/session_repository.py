"""Sessions, and who stands behind one. The clock is the database's."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Float, delete, extract, func, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from jobyard.domain.user import Role, User, Viewer
from jobyard.ports import AccountWork, NewSession, Session, SessionInfo
from jobyard.postgres.tables import SessionRow, UserRow
from jobyard.postgres.user_repository import user_of

REMEMBERED = timedelta(days=1)
"""How long a session that was ended keeps its row: so long it is told apart from a token that was made up, in a log."""

_LIVE = SessionRow.revoked_at.is_(None) & (SessionRow.expires_at > func.now()) & (SessionRow.ends_at > func.now())
_ALIVE = _LIVE & UserRow.disabled_at.is_(None)


class PostgresSessions:
    """The port `Sessions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def start(self, session: NewSession, keep: int) -> None:
        """Store a sign-in; the user's dead ones, and the oldest beyond `keep`, go. Index: ix_sessions_user_key."""
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
        over = or_(
            SessionRow.id.in_(oldest),
            func.least(SessionRow.expires_at, SessionRow.ends_at, SessionRow.revoked_at) < func.now() - REMEMBERED,
        )
        await self._session.execute(delete(SessionRow).where(SessionRow.user_key == session.user_key, over))

    async def lock(self, session_id: UUID) -> Session | None:
        """A sign-in, locked: two refreshes with one token take turns, and the second sees what the first did."""
        # clock_timestamp(), not now(): the lock may have been waited for.
        ago = sql_cast(extract("epoch", func.clock_timestamp() - SessionRow.rotated_at), Float)
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

    async def revoke(self, session_id: UUID) -> User | None:
        """End a sign-in. Index: pk_sessions."""
        user_key = await self._session.scalar(_revoke(SessionRow.id == session_id))
        if user_key is None:
            return None
        row = await self._session.scalar(select(UserRow).where(UserRow.key == user_key))
        return user_of(row) if row else None

    async def page(self, viewer: Viewer, before: UUID | None, limit: int) -> list[SessionInfo]:
        """The viewer's, newest first: ids are made in that order. Index: ix_sessions_user_key (100 rows at most)."""
        statement = select(
            SessionRow.id, SessionRow.device, SessionRow.address, SessionRow.created_at, SessionRow.used_at
        ).where(SessionRow.user_key == viewer.key, _LIVE)
        if before is not None:
            statement = statement.where(SessionRow.id < before)
        rows = await self._session.execute(statement.order_by(SessionRow.id.desc()).limit(limit))
        return [SessionInfo(*row) for row in rows]

    async def revoke_own(self, viewer: Viewer, session_id: UUID) -> bool:
        """End one of the viewer's. Index: pk_sessions."""
        own = (SessionRow.id == session_id) & (SessionRow.user_key == viewer.key) & _LIVE
        return await self._session.scalar(_revoke(own)) is not None

    async def revoke_all(self, user_key: int, but: UUID | None = None) -> int:
        """End all of a user's, but one. Index: ix_sessions_user_key."""
        own = SessionRow.user_key == user_key
        ended = await self._session.scalars(_revoke(own if but is None else own & (SessionRow.id != but)))
        return len(ended.all())

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive. Index: pk_sessions."""
        statement = (
            select(UserRow.key, UserRow.id, UserRow.role, UserRow.email_verified)
            .join(SessionRow, SessionRow.user_key == UserRow.key)
            .where(SessionRow.id == session_id, _ALIVE)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return Viewer(row[0], row[1], Role(row[2]), session_id, row[3]) if row else None


class PostgresSessionDirectory:
    """The port `SessionDirectory`: asked at every request, each time in a transaction of its own."""

    def __init__(self, unit: Callable[[], AbstractAsyncContextManager[AccountWork]]) -> None:
        self._unit = unit

    async def viewer(self, session_id: UUID) -> Viewer | None:
        """The user of a session that is alive, or None."""
        async with self._unit() as work:
            return await work.sessions.viewer(session_id)


def _revoke(which: ColumnElement[bool]) -> ReturningUpdate[int]:
    return (
        update(SessionRow)
        .where(which, SessionRow.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(SessionRow.user_key)
    )
