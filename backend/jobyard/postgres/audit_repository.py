"""The audit trail in PostgreSQL."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, or_, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from jobyard.domain.audit import Actor, ActorKind, AuditAction, AuditEntry, AuditLine, Target
from jobyard.domain.user import Viewer
from jobyard.ports import ALL_LINES, AccountWork, AuditFilter, AuditPage
from jobyard.postgres.id_times import highest_id, lowest_id
from jobyard.postgres.tables import AuditRow, UserRow

SCANNED_ROWS = 2_000


class PostgresAuditTrail:
    """The port `AccountAudit`, in the unit of work that it belongs to; and what reads it."""

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

    async def forget_address(self, email: str) -> None:
        """Take an address out of the lines that tell of its invitations. Index: ix_audit_invited."""
        invited = text("action = 'user_invited' AND lower(detail ->> 'email') = lower(:email)")  # as in the index
        statement = update(AuditRow).where(invited).values(detail=AuditRow.detail.op("-")("email"))
        await self._session.execute(statement, {"email": email}, execution_options={"synchronize_session": False})

    async def page(
        self,
        viewer: Viewer,
        before: UUID | None,
        limit: int,
        audit_filter: AuditFilter = ALL_LINES,
        *,
        everyone: bool = False,
    ) -> AuditPage:
        """Newest first. Indexes: pk_audit for everyone's, else ix_audit_user_key and ix_audit_actor_key.

        A filter reads 2,000 lines at most: there may be more below an empty page.
        """
        read = limit + 1 if audit_filter.is_empty else SCANNED_ROWS
        scanned = _ids(None if everyone else viewer.key, _id_range(audit_filter, before), read).cte("scanned")
        actor, owner = aliased(UserRow), aliased(UserRow)
        statement = (
            select(AuditRow, actor.email, owner.id, owner.email)
            .outerjoin(actor, actor.key == AuditRow.actor_key)
            .outerjoin(owner, owner.key == AuditRow.user_key)
            .where(AuditRow.id.in_(select(scanned.c.id)), *_conditions(audit_filter))
            .order_by(AuditRow.id.desc())
            .limit(limit + 1)
        )
        rows = (await self._session.execute(statement)).all()
        shown = [
            _line(row, email, (owner_id, owner_email), viewer, everyone=everyone)
            for row, email, owner_id, owner_email in rows[:limit]
        ]
        if len(rows) > limit:
            return AuditPage(shown, shown[-1].id)
        if audit_filter.is_empty:
            return AuditPage(shown, None)
        last_read = select(scanned.c.id).order_by(scanned.c.id.desc()).offset(read - 1).limit(1)
        return AuditPage(shown, await self._session.scalar(last_read))


def _ids(user_key: int | None, between: tuple[UUID | None, UUID | None], most: int) -> Select[UUID]:
    """The ids of the newest lines in a range: each arm reads `most` entries of its index."""
    low, high = between

    def arm(*which: ColumnElement[bool]) -> Select[UUID]:
        within = [*which, *([AuditRow.id >= low] if low else []), *([AuditRow.id < high] if high else [])]
        return select(AuditRow.id).where(*within).order_by(AuditRow.id.desc()).limit(most)

    if user_key is None:
        return select(arm().subquery().c.id)
    elsewhere = AuditRow.actor_key.is_distinct_from(AuditRow.user_key)
    both = union_all(
        select(arm(AuditRow.user_key == user_key).subquery().c.id),
        select(arm(AuditRow.actor_key == user_key, elsewhere).subquery().c.id),
    ).subquery()
    return select(both.c.id).order_by(both.c.id.desc()).limit(most)


def _id_range(audit_filter: AuditFilter, before: UUID | None) -> tuple[UUID | None, UUID | None]:
    """From which id on, and below which, the lines lie: an id tells when it was made."""
    low = audit_filter.after and lowest_id(audit_filter.after)
    high = audit_filter.before and highest_id(audit_filter.before)
    return low, min((place for place in (high, before) if place is not None), default=None)


def _conditions(audit_filter: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if audit_filter.actions:
        found.append(AuditRow.action.in_([action.value for action in audit_filter.actions]))
    if audit_filter.actor is not None:
        user = select(UserRow.key).where(UserRow.id == audit_filter.actor).scalar_subquery()
        found.append(or_(AuditRow.actor_id == audit_filter.actor, AuditRow.actor_key == user))
    if audit_filter.after is not None:
        found.append(AuditRow.at >= audit_filter.after)
    if audit_filter.before is not None:
        found.append(AuditRow.at < audit_filter.before)
    return found


def _line(
    row: AuditRow, email: str | None, owner: tuple[UUID | None, str | None], viewer: Viewer, *, everyone: bool
) -> AuditLine:
    """Where an administrator acted on somebody, that one is not told from which address."""
    kind = ActorKind(row.actor_kind)
    sees_caller = everyone or row.actor_key is None or row.actor_key == viewer.key
    return AuditLine(
        id=row.id,
        at=row.at,
        action=AuditAction(row.action) if row.action in _ACTIONS else row.action,
        actor=Actor(kind, row.actor_key, row.actor_id, row.actor_name if kind is ActorKind.API_KEY else email),
        owner_id=owner[0],
        owner_name=owner[1],
        target=Target(row.target_kind, row.target_id),
        address=(row.address or None) if sees_caller else None,
        request_id=(row.request_id or None) if sees_caller else None,
        detail=row.detail,
    )


_ACTIONS = frozenset(action.value for action in AuditAction)
"""A newer release may have written others."""


class PostgresAuditLog:
    """An `AuditTrail`: each call is a transaction of its own."""

    def __init__(self, unit: Callable[[], AbstractAsyncContextManager[AccountWork]]) -> None:
        self._unit = unit

    async def record(self, entry: AuditEntry) -> None:
        """Write one line; it is durable when this returns."""
        async with self._unit() as work:
            await work.audit.record(entry)
            await work.commit()

    async def page(
        self,
        viewer: Viewer,
        before: UUID | None,
        limit: int,
        audit_filter: AuditFilter = ALL_LINES,
        *,
        everyone: bool = False,
    ) -> AuditPage:
        """What the viewer did and what was done to it, or all there is."""
        async with self._unit() as work:
            return await work.audit.page(viewer, before, limit, audit_filter, everyone=everyone)
