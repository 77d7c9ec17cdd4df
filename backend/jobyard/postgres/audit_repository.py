"""The audit trail in PostgreSQL."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from jobyard.domain.audit import Actor, ActorKind, AuditAction, AuditEntry, AuditLine, Target
from jobyard.domain.user import Viewer
from jobyard.ports import AccountWork, AuditPage
from jobyard.postgres.tables import AuditRow, UserRow


class PostgresAuditTrail:
    """The port `AuditTrail`, in the unit of work that it belongs to; and what reads it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(self, entry: AuditEntry) -> None:
        """Write one line."""
        await self._session.execute(
            insert(AuditRow).values(
                id=uuid7(),
                user_key=entry.owner,
                actor_key=entry.actor.key,
                actor_kind=entry.actor.kind.value,
                actor_id=entry.actor.id,
                actor_name=entry.actor.name if entry.actor.kind is ActorKind.API_KEY else None,
                action=entry.action.value,
                target_kind=entry.target.kind,
                target_id=entry.target.id,
                address=entry.caller.address,
                request_id=entry.caller.request_id,
                detail=dict(entry.detail),
            )
        )

    async def page(self, viewer: Viewer, before: UUID | None, limit: int, *, everyone: bool = False) -> AuditPage:
        """Newest first. Indexes: pk_audit for everyone's, else ix_audit_user_key and ix_audit_actor_key."""
        ids = _ids(None if everyone else viewer.key, before, limit + 1)
        actor, owner = aliased(UserRow), aliased(UserRow)
        statement = (
            select(AuditRow, actor.email, owner.id)
            .outerjoin(actor, actor.key == AuditRow.actor_key)
            .outerjoin(owner, owner.key == AuditRow.user_key)
            .where(AuditRow.id.in_(ids))
            .order_by(AuditRow.id.desc())
        )
        rows = (await self._session.execute(statement)).all()
        shown = [_line(row, email, owner_id, viewer, everyone=everyone) for row, email, owner_id in rows[:limit]]
        return AuditPage(shown, shown[-1].id if len(rows) > limit else None)


def _ids(user_key: int | None, before: UUID | None, most: int) -> Select[UUID]:
    """The ids of the newest lines below a place: each arm reads `most` entries of its index."""

    def arm(*which: ColumnElement[bool]) -> Select[UUID]:
        below = which if before is None else (*which, AuditRow.id < before)
        return select(AuditRow.id).where(*below).order_by(AuditRow.id.desc()).limit(most)

    if user_key is None:
        return select(arm().subquery().c.id)
    elsewhere = AuditRow.actor_key.is_distinct_from(AuditRow.user_key)
    both = union_all(
        select(arm(AuditRow.user_key == user_key).subquery().c.id),
        select(arm(AuditRow.actor_key == user_key, elsewhere).subquery().c.id),
    ).subquery()
    return select(both.c.id).order_by(both.c.id.desc()).limit(most)


def _line(row: AuditRow, email: str | None, owner_id: UUID | None, viewer: Viewer, *, everyone: bool) -> AuditLine:
    """Where an administrator acted on somebody, that one is not told from which address."""
    kind = ActorKind(row.actor_kind)
    sees_caller = everyone or row.actor_key is None or row.actor_key == viewer.key
    return AuditLine(
        id=row.id,
        at=row.at,
        action=AuditAction(row.action) if row.action in _ACTIONS else row.action,
        actor=Actor(kind, row.actor_key, row.actor_id, row.actor_name if kind is ActorKind.API_KEY else email),
        owner_id=owner_id,
        target=Target(row.target_kind, row.target_id),
        address=(row.address or None) if sees_caller else None,
        request_id=(row.request_id or None) if sees_caller else None,
        detail=row.detail,
    )


_ACTIONS = frozenset(action.value for action in AuditAction)
"""A newer release may have written others."""


class PostgresAuditLog:
    """The port `AuditLog`: each call is a transaction of its own."""

    def __init__(self, unit: Callable[[], AbstractAsyncContextManager[AccountWork]]) -> None:
        self._unit = unit

    async def record(self, entry: AuditEntry) -> None:
        """Write one line; it is durable when this returns."""
        async with self._unit() as work:
            await work.audit.record(entry)
            await work.commit()

    async def page(self, viewer: Viewer, before: UUID | None, limit: int, *, everyone: bool = False) -> AuditPage:
        """What the viewer did and what was done to it, or all there is."""
        async with self._unit() as work:
            return await work.audit.page(viewer, before, limit, everyone=everyone)
