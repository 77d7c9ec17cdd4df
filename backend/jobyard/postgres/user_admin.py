"""What administrators see and change of users. The clock is the database's."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from jobyard.ports import ManagedUser, ManagedUserPage, UserChange
from jobyard.postgres.tables import UserRow
from jobyard.postgres.user_repository import user_of

SCANNED_ROWS = 2_000

_HERE = UserRow.deleted_at.is_(None)


class PostgresUserAdmin:
    """The port `UserAdmin`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, search: str, before: int | None, limit: int) -> ManagedUserPage:
        """Newest first. Index: pk_users; a search reads 2,000 rows at most."""
        read = SCANNED_ROWS if search else limit + 1
        scan = select(UserRow.key, UserRow.email_folded, UserRow.name).where(_HERE)
        if before is not None:
            scan = scan.where(UserRow.key < before)
        scanned = scan.order_by(UserRow.key.desc()).limit(read).cte("scanned")
        found = select(scanned.c.key)
        if search:
            # strpos, not LIKE: nothing in the text has a meaning of its own.
            wanted = search.casefold()
            in_email, in_name = scanned.c.email_folded, func.lower(scanned.c.name)
            found = found.where(or_(func.strpos(in_email, wanted) > 0, func.strpos(in_name, wanted) > 0))
        statement = select(UserRow).where(UserRow.key.in_(found.order_by(scanned.c.key.desc()).limit(limit)))
        rows = (await self._session.scalars(statement.order_by(UserRow.key.desc()))).all()
        number, reached = (await self._session.execute(select(func.count(), func.min(scanned.c.key)))).one()
        shown = [_managed(row) for row in rows]
        if len(shown) == limit and number > limit:
            return ManagedUserPage(shown, shown[-1].user.key)
        return ManagedUserPage(shown, reached if number == read else None)

    async def hold(self, user_id: UUID) -> ManagedUser | None:
        """One user, locked. Sessions and keys that refer to it are not."""
        statement = select(UserRow).where(UserRow.id == user_id, _HERE).with_for_update(key_share=True)
        row = await self._session.scalar(statement.execution_options(populate_existing=True))
        return None if row is None else _managed(row)

    async def change(self, key: int, change: UserChange) -> ManagedUser:
        """Change what is to be changed."""
        values: dict[str, Any] = {}
        if change.role is not None:
            values["role"] = change.role.value
        if change.weight is not None:
            values["weight"] = change.weight
        if change.disabled is not None:
            values["held_at"] = func.now()
            values["disabled_at"] = func.now() if change.disabled else None
        statement = (
            update(UserRow)
            .where(UserRow.key == key)
            .values(**values)
            .returning(UserRow)
            .execution_options(populate_existing=True)
        )
        return _managed((await self._session.execute(statement)).scalar_one())


def _managed(row: UserRow) -> ManagedUser:
    return ManagedUser(user_of(row), row.weight, row.disabled_at)
