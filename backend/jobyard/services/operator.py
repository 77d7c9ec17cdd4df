"""What whoever runs the server does with users at the command line. The audit trail names it `system`."""

from dataclasses import dataclass
from uuid import UUID

from jobyard.domain.audit import SYSTEM, AuditAction, AuditEntry, Target
from jobyard.domain.errors import NotFound
from jobyard.domain.user import User, Viewer
from jobyard.ports import AccountUnit, AccountWork, ManagedUser, SessionInfo, UserChange
from jobyard.services.email_addresses import folded
from jobyard.services.user_admin import UserControl

PAGE = 200
MOST_SESSIONS = 100


@dataclass(frozen=True, slots=True)
class Operator:
    """Users are named by email or id. Each method raises NotFound for one that is not there."""

    unit: AccountUnit
    users: UserControl

    async def page(self, search: str, limit: int) -> list[ManagedUser]:
        """The newest users, or the newest of those whose email or name has `search` in it."""
        found: list[ManagedUser] = []
        before: int | None = None
        async with self.unit() as work:
            while len(found) < limit:
                page = await work.user_admin.page(search, before, min(PAGE, limit - len(found)))
                found += page.items
                before = page.next_before
                if before is None:
                    break
        return found

    async def get(self, whom: str) -> tuple[ManagedUser, list[SessionInfo]]:
        """A user, and its sessions that are alive, newest first."""
        async with self.unit() as work:
            user = await self._find(work, whom)
            return user, await work.sessions.page(_as_viewer(user.user), None, MOST_SESSIONS)

    async def change(self, whom: str, change: UserChange) -> tuple[ManagedUser, ManagedUser]:
        """Change a user: as it was, and as it is. Raises Conflict for the last administrator, Invalid."""
        async with self.unit() as work:
            before = await self._find(work, whom)
        return before, await self.users.change(None, before.user.id, change)

    async def revoke_sessions(self, whom: str, session_id: UUID | None = None) -> tuple[ManagedUser, int]:
        """End a user's sessions, or one of them: the user, and how many were alive. Raises NotFound."""
        async with self.unit() as work:
            user = await self._find(work, whom)
            viewer = _as_viewer(user.user)
            alive = len(await work.sessions.page(viewer, None, MOST_SESSIONS))
            if session_id is None:
                await work.sessions.revoke_all(user.user.key)
                target = Target("user", user.user.id)
            else:
                if not await work.sessions.revoke_own(viewer, session_id):
                    raise NotFound(f"{user.user.email} has no session {session_id}, or it has ended.")
                alive, target = 1, Target("session", session_id)
            if alive:
                detail = {"sessions": alive}
                entry = AuditEntry(AuditAction.SESSION_REVOKED, user.user.key, SYSTEM, target, detail=detail)
                await work.audit.record(entry)
            await work.commit()
        return user, alive

    async def _find(self, work: AccountWork, whom: str) -> ManagedUser:
        """A user by email or id, locked: nothing of it changes while it is decided."""
        user_id = _id(whom)
        if user_id is None:
            account = await work.users.by_email(folded(whom))
            user_id = account.user.id if account is not None else None
        found = await work.user_admin.hold(user_id) if user_id is not None else None
        if found is None:
            raise NotFound(f"There is no user {whom!r}: `users list` shows who there is.")
        return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _as_viewer(user: User) -> Viewer:
    """For queries that show users what is their own."""
    return Viewer(user.key, user.id, user.role)
