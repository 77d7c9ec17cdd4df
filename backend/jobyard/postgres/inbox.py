"""Notifications as their owner reads them, and folding away what is beyond the newest 1,000."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from jobyard.domain.events import OUTCOMES
from jobyard.domain.inbox import KEPT, InboxSettings, Notification, place_of
from jobyard.domain.job import JobState, Notify
from jobyard.domain.user import Viewer
from jobyard.ports.inbox import InboxPage
from jobyard.postgres import records
from jobyard.postgres.connections import Pool, database
from jobyard.postgres.queries import query

LATEST = datetime(9999, 12, 31, tzinfo=UTC)
FOLD_EVERY_SECONDS = 30.0
FOLDED_A_STATEMENT = 5_000
OWNERS_A_PART = 50
LOOK_BACK_MINUTES = 10.0
LONGEST_LOOK_BACK_MINUTES = 24 * 60.0


class _StoredSettings(msgspec.Struct):
    """As numbers: bits of Notify."""

    signed_in: int
    others: int
    kinds: dict[str, int]


_decode_settings = msgspec.json.Decoder(_StoredSettings).decode


class PostgresInbox:
    """The Inbox of ports/, on the readers' pool."""

    def __init__(self, readers: Pool) -> None:
        self._readers = readers

    async def page(
        self, viewer: Viewer, before: tuple[datetime, UUID] | None, limit: int, *, unread: bool
    ) -> InboxPage:
        """The newest, or those before (time, job)."""
        at, job_id = before or (LATEST, records.GREATEST)
        async with database(), self._readers.acquire() as connection:
            rows = await connection.fetch(query("inbox"), viewer.key, at, job_id, limit + 1, unread, KEPT)
            totals = await connection.fetchrow(query("inbox_totals"), viewer.key, KEPT)
        items = [_notification(row) for row in rows[:limit]]
        return InboxPage(items, len(rows) > limit, totals["unread"], totals["folded"])

    async def read(self, viewer: Viewer, ids: Sequence[UUID] | None) -> int:
        """Mark these as read, or all of them. Returns how many changed."""
        async with database(), self._readers.acquire() as connection:
            if ids is None:
                return _changed(await connection.execute(query("inbox_read_all"), viewer.key, KEPT))
            places = sorted({place for one in ids if (place := place_of(one)) is not None})
            if not places:
                return 0
            times = [at for at, _ in places]
            tails = [f"{tail >> 48:04x}-{tail & 0xFFFF_FFFF_FFFF:012x}" for _, tail in places]
            status = await connection.execute(query("inbox_read"), viewer.key, times, tails, times[0], times[-1])
            return _changed(status)

    async def settings(self, viewer: Viewer) -> InboxSettings | None:
        """What the user has set, or None."""
        async with database(), self._readers.acquire() as connection:
            text = await connection.fetchval("SELECT settings FROM inboxes WHERE user_key = $1", viewer.key)
        if text is None:
            return None
        stored = _decode_settings(text)
        kinds = {kind: Notify(bits) for kind, bits in stored.kinds.items()}
        return InboxSettings(Notify(stored.signed_in), Notify(stored.others), kinds)

    async def set(self, viewer: Viewer, settings: InboxSettings) -> None:
        """Keep it, for jobs that are submitted from now on."""
        kinds = {kind: int(bits) for kind, bits in settings.kinds.items()}
        stored = _StoredSettings(int(settings.signed_in), int(settings.others), kinds)
        async with database(), self._readers.acquire() as connection:
            await connection.execute(query("inbox_set"), viewer.key, msgspec.json.encode(stored).decode())


class InboxFolding:
    """A worker's chore: folds away what is beyond the newest 1,000 notifications of an owner."""

    def __init__(self, engine: Pool, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._done_at = float("-inf")

    async def fold(self) -> bool:
        """A bounded part, each half minute. Whether there was anything to do."""
        now = self._monotonic()
        passed = now - self._done_at
        if passed < FOLD_EVERY_SECONDS:
            return False
        # Whoever was busy since the last look. The first one looks further back: nobody may have led for a while.
        minutes = min(LONGEST_LOOK_BACK_MINUTES, passed / 60 + LOOK_BACK_MINUTES)
        async with database(), self._engine.acquire() as connection:
            owners = await connection.fetch(query("inbox_full"), int(minutes), KEPT, OWNERS_A_PART)
            for owner in owners:
                await connection.fetchval(query("inbox_fold"), owner["owner_id"], KEPT, FOLDED_A_STATEMENT)
        if not owners:
            self._done_at = now
        return bool(owners)


def _notification(row: Any) -> Notification:
    event = OUTCOMES[JobState.from_code(row["state"])]
    return Notification(row["at"], row["job_id"], row["kind"], event, row["error"], row["read"])


def _changed(status: str) -> int:
    return int(status.rpartition(" ")[2])
