"""API keys. The clock is the database's."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from jobyard.domain.api_key import ApiKey
from jobyard.domain.user import Role, Scope, UsedKey, Viewer
from jobyard.ports import AccountWork, ApiKeyPage, KeyHolder, NewApiKey
from jobyard.postgres.tables import ApiKeyRow, UserRow

USED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written this often at most: a busy key is no busy row."""

_SCOPES = frozenset(scope.value for scope in Scope)


class PostgresApiKeys:
    """The port `ApiKeys`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, viewer: Viewer, key: NewApiKey, most: int) -> ApiKey | None:
        """Store a key. Locks the user's row, so that two at once are counted one after the other."""
        await self._session.execute(
            select(UserRow.key).where(UserRow.key == viewer.key).with_for_update(key_share=True)
        )
        have = await self._session.scalar(select(func.count()).where(ApiKeyRow.user_key == viewer.key))
        if have is not None and have >= most:
            return None
        stored = await self._session.execute(
            insert(ApiKeyRow)
            .values(
                id=key.id,
                user_key=viewer.key,
                name=key.name,
                hash=key.digest,
                hint=key.hint,
                scopes=[scope.value for scope in key.scopes],
                expires_at=key.expires_at,
            )
            .returning(ApiKeyRow)
        )
        return _key(stored.scalar_one())

    async def page(self, viewer: Viewer, before: UUID | None, limit: int) -> ApiKeyPage:
        """The viewer's keys, newest first. Index: ix_api_keys_user_key."""
        statement = select(ApiKeyRow).where(ApiKeyRow.user_key == viewer.key)
        if before is not None:
            statement = statement.where(ApiKeyRow.id < before)
        rows = (await self._session.scalars(statement.order_by(ApiKeyRow.id.desc()).limit(limit + 1))).all()
        shown = [_key(row) for row in rows[:limit]]
        return ApiKeyPage(shown, shown[-1].id if len(rows) > limit else None)

    async def delete(self, viewer: Viewer, key_id: UUID) -> ApiKey | None:
        """Take one of the viewer's keys away. Index: pk_api_keys."""
        gone = await self._session.execute(
            delete(ApiKeyRow).where(ApiKeyRow.id == key_id, ApiKeyRow.user_key == viewer.key).returning(ApiKeyRow)
        )
        row = gone.scalar_one_or_none()
        return None if row is None else _key(row)

    async def holder(self, digest: bytes) -> KeyHolder | None:
        """Who has a key that is good. Index: uq_api_keys_hash."""
        statement = (
            select(
                UserRow.key,
                UserRow.id,
                UserRow.role,
                UserRow.email_verified,
                ApiKeyRow.id,
                ApiKeyRow.name,
                ApiKeyRow.scopes,
                ApiKeyRow.expires_at,
                func.coalesce(ApiKeyRow.last_used_at > func.now() - USED_EVERY, False),
            )
            .join(UserRow, UserRow.key == ApiKeyRow.user_key)
            .where(
                ApiKeyRow.hash == digest,
                ApiKeyRow.expires_at.is_(None) | (ApiKeyRow.expires_at > func.now()),
                UserRow.disabled_at.is_(None),
            )
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        user_key, user_id, role, verified, key_id, name, scopes, expires_at, noted = row
        used = UsedKey(key_id, name, _allowed(scopes, role))
        acts_as = Role.ADMIN if Scope.ADMIN in used.scopes else Role.USER
        return KeyHolder(Viewer(user_key, user_id, acts_as, None, verified, used), expires_at, noted)

    async def note_use(self, key_id: UUID) -> None:
        """It was used just now. Whoever comes second within the minute changes nothing."""
        await self._session.execute(
            update(ApiKeyRow)
            .where(
                ApiKeyRow.id == key_id,
                ApiKeyRow.last_used_at.is_(None) | (ApiKeyRow.last_used_at <= func.now() - USED_EVERY),
            )
            .values(last_used_at=func.now())
        )


class PostgresKeyDirectory:
    """The port `KeyDirectory`: each look-up is a transaction of its own."""

    def __init__(self, unit: Callable[[], AbstractAsyncContextManager[AccountWork]]) -> None:
        self._unit = unit

    async def holder(self, digest: bytes) -> KeyHolder | None:
        """Who has the key of this hash, and notes that it was used."""
        async with self._unit() as work:
            holder = await work.api_keys.holder(digest)
            if holder is not None and holder.viewer.api_key is not None and not holder.noted:
                await work.api_keys.note_use(holder.viewer.api_key.id)
                await work.commit()
        return holder


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=tuple(_known(row.scopes)),
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _known(scopes: list[str]) -> list[Scope]:
    """A newer release may have made keys with scopes that this one does not know: here they allow nothing."""
    return [Scope(scope) for scope in scopes if scope in _SCOPES]


def _allowed(scopes: list[str], role: str) -> frozenset[Scope]:
    """An administrator's key without the scope `admin` is nobody's special; one who is none any more has lost it."""
    known = frozenset(_known(scopes))
    return known if role == Role.ADMIN.value else known - {Scope.ADMIN}
