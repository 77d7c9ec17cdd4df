"""API keys: kept, listed, deleted, and who stands behind one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobyard.domain.api_key import ApiKey
from jobyard.domain.user import Scope, Viewer


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key about to be stored: its hash, never itself."""

    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    digest: bytes
    hint: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKeyPage:
    """Some keys, newest first, and the id to go on below (None: that was all)."""

    items: list[ApiKey]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who stands behind a key that is good, and until when it is. The key itself is `viewer.api_key`."""

    viewer: Viewer
    expires_at: datetime | None
    noted: bool
    """Whether its use was noted within the last minute."""


class ApiKeys(Protocol):
    """Keys, in the unit of work that it belongs to."""

    async def add(self, viewer: Viewer, key: NewApiKey, most: int) -> ApiKey | None:
        """Store a key; None where the viewer has `most` already. Two at once do not pass the limit together."""
        ...

    async def page(self, viewer: Viewer, before: UUID | None, limit: int) -> ApiKeyPage:
        """The viewer's keys, newest first."""
        ...

    async def delete(self, viewer: Viewer, key_id: UUID) -> ApiKey | None:
        """Take one of the viewer's keys away; None where it has no such key."""
        ...

    async def holder(self, digest: bytes) -> KeyHolder | None:
        """Who has the key of this hash; None for a deleted or expired one, and where its user is disabled."""
        ...

    async def note_use(self, key_id: UUID) -> None:
        """It was used just now: `last_used_at` moves, once a minute at most."""
        ...


class KeyDirectory(Protocol):
    """Who stands behind an API key, asked at its use (with a short memory in between)."""

    async def holder(self, digest: bytes) -> KeyHolder | None:
        """Who has the key of this hash, if it is good; and note that it was used."""
        ...
