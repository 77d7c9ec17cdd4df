"""API keys: make one, which is shown this once, and delete one, which is refused from then on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobyard.domain.api_key import SECRET_BYTES, ApiKey, api_key_of, digest_of, hint_of, in_order
from jobyard.domain.audit import AuditAction, AuditEntry, Target
from jobyard.domain.errors import FieldError, Forbidden, Invalid, NotFound
from jobyard.domain.names import clean_name, name_problem
from jobyard.domain.user import Scope, Viewer
from jobyard.ports import AccountUnit, NewApiKey


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key. `secret` is the key itself, which nobody will see again."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class ApiKeyControl:
    """The decisions, with what they need from outside."""

    unit: AccountUnit
    new_id: Callable[[], UUID]
    random_bytes: Callable[[int], bytes]
    forget_key: Callable[[UUID], None]
    """Tells this process at once that a key was deleted."""
    per_user: int

    async def make(
        self, viewer: Viewer, name: str, scopes: Sequence[Scope], expires_at: datetime | None, now: datetime
    ) -> MadeKey:
        """Make a key. Raises Forbidden for a scope that the viewer may not give, and Invalid."""
        errors = _problems(name, scopes, expires_at, now)
        if errors:
            raise Invalid(errors)
        if Scope.ADMIN in scopes and not viewer.is_admin:
            raise Forbidden("Only an administrator can make an API key with the scope admin.")
        secret = api_key_of(self.random_bytes(SECRET_BYTES))
        new = NewApiKey(
            self.new_id(), clean_name(name), in_order(scopes), digest_of(secret), hint_of(secret), expires_at
        )
        async with self.unit() as work:
            key = await work.api_keys.add(viewer, new, self.per_user)
            if key is None:
                raise Invalid([FieldError("", f"there are {self.per_user} API keys already: delete one first")])
            told = {"name": key.name, "scopes": [scope.value for scope in key.scopes]}
            await work.audit.record(AuditEntry.by(viewer, AuditAction.KEY_MADE, Target("api_key", key.id), told))
            await work.commit()
        return MadeKey(key, secret)

    async def delete(self, viewer: Viewer, key_id: UUID) -> None:
        """Delete one of the viewer's keys. Raises NotFound."""
        async with self.unit() as work:
            key = await work.api_keys.delete(viewer, key_id)
            if key is None:
                raise NotFound(f"You have no API key {key_id}.")
            target = Target("api_key", key.id)
            await work.audit.record(AuditEntry.by(viewer, AuditAction.KEY_DELETED, target, {"name": key.name}))
            await work.commit()
        self.forget_key(key_id)


def _problems(name: str, scopes: Sequence[Scope], expires_at: datetime | None, now: datetime) -> list[FieldError]:
    errors: list[FieldError] = []
    problem = name_problem(name)
    if problem:
        errors.append(FieldError("/name", problem))
    if not scopes:
        errors.append(FieldError("/scopes", f"must name at least one of {', '.join(Scope)}"))
    if expires_at is not None:
        if expires_at.utcoffset() is None:
            told = f"must have an offset such as Z or +02:00, not {expires_at.isoformat()!r}"
            errors.append(FieldError("/expires_at", told))
        elif expires_at <= now:
            errors.append(FieldError("/expires_at", f"must be in the future, not {expires_at.isoformat()}"))
    return errors
