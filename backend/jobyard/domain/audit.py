"""The audit trail: who did what to what, from where, when. Never a secret, and never the contents of a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jobyard.domain.user import NOWHERE, Caller, User, Viewer


class AuditAction(StrEnum):
    """What was done."""

    SIGNED_UP = "signed_up"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_REVOKED = "session_revoked"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an action
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105 - the name of an action
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an action
    EMAIL_VERIFIED = "email_verified"
    ACCOUNT_EXPORTED = "account_exported"
    ACCOUNT_DELETED = "account_deleted"
    KEY_MADE = "key_made"
    KEY_DELETED = "key_deleted"
    USER_INVITED = "user_invited"
    ROLE_CHANGED = "role_changed"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    WEIGHT_CHANGED = "weight_changed"
    SECRET_REVEALED = "secret_revealed"  # noqa: S105 - the name of an action
    JOBS_RETRIED = "jobs_retried"
    JOBS_CANCELLED = "jobs_cancelled"
    JOBS_DISCARDED = "jobs_discarded"


class ActorKind(StrEnum):
    """By what right somebody acted."""

    USER = "user"
    API_KEY = "api_key"
    ANONYMOUS = "anonymous"
    """Somebody who has not shown who they are: a failed sign-in, a refresh token that came back."""
    SYSTEM = "system"
    """An operator at the command line, or the server itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted. `key` is the user behind it (also of an API key), `id` that of the user or of the API key."""

    kind: ActorKind
    key: int | None = None
    id: UUID | None = None
    name: str | None = None


ANONYMOUS = Actor(ActorKind.ANONYMOUS)
SYSTEM = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Target:
    """What it was done to: `user`, `session`, `api_key`, `job`, `operation`, `jobs` and others."""

    kind: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line to be written. `owner` is whose trail it stands in: the user that it was done to, or who did it."""

    action: AuditAction
    owner: int | None
    actor: Actor
    target: Target
    caller: Caller = NOWHERE
    detail: Mapping[str, object] = field(default_factory=dict[str, object])

    @classmethod
    def by(
        cls,
        viewer: Viewer,
        action: AuditAction,
        target: Target,
        detail: Mapping[str, object] | None = None,
        *,
        owner: int | None = None,
    ) -> "AuditEntry":
        """What a viewer did, to something of its own or, with `owner`, of another user."""
        return cls(
            action, viewer.key if owner is None else owner, actor_of(viewer), target, viewer.caller, detail or {}
        )

    @classmethod
    def of(
        cls, user: User, action: AuditAction, caller: Caller, target: Target, detail: Mapping[str, object] | None = None
    ) -> "AuditEntry":
        """What a user did who has only just shown who they are: a sign-up, a sign-in, a reset."""
        return cls(action, user.key, Actor(ActorKind.USER, user.key, user.id), target, caller, detail or {})


def actor_of(viewer: Viewer) -> Actor:
    """The viewer as an actor: the API key, where one was used."""
    if viewer.api_key is not None:
        return Actor(ActorKind.API_KEY, viewer.key, viewer.api_key.id, viewer.api_key.name)
    return Actor(ActorKind.USER, viewer.key, viewer.id)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line as it is read. `actor.name` is a user's email, or a key's name; the caller is hidden from others."""

    id: UUID
    at: datetime
    action: AuditAction | str
    actor: Actor
    owner_id: UUID | None
    owner_name: str | None
    target: Target
    address: str | None
    request_id: str | None
    detail: Mapping[str, object]
