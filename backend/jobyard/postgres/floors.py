"""Claim floors: how far a process has claimed in a lane, so that it does not walk over what it has claimed before.

Running rows, and index entries of finished ones that an old snapshot keeps alive, stand at the head of the claim index.
Without floors every claim walks over all of them: within a minute of a pinned snapshot, each design that was tried fell
from 12,000 to 4,000 jobs/s.

Floors are never needed for safety: a row is taken by an update that sees whether it is free. They are not needed for
liveness either: a sweep looks from the very beginning, every second, and soon after a claim that came back short. They
only decide how soon a row that appeared below a floor (a late commit, a rescue, a retry) is found; whoever makes such a
row says so, and `lower` brings the floor down to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

Key: TypeAlias = tuple[datetime, UUID]
"""(place, id): the order within a lane and priority."""

BOTTOM: Key = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
PRIORITIES = 3

SWEEP_SECONDS = 1.0
SHORT_SWEEP_SECONDS = 0.05
SWEEP_COSTS = 20.0
"""A sweep takes at most one part in twenty of the time: it may read a great many dead entries."""


@dataclass(slots=True)
class _Priority:
    floor: Key = BOTTOM
    version: int = 0
    """Counts the lowerings: a claim that began before one must not raise the floor again."""
    swept_at: float = float("-inf")


@dataclass(slots=True)
class Floors:
    """The floors of one lane. Times are seconds on one monotonic clock."""

    _priorities: list[_Priority] = field(default_factory=lambda: [_Priority() for _ in range(PRIORITIES)])
    _short: bool = True
    _cost: float = 0.0

    def bounds(self) -> list[Key]:
        """The three floors, highest priority first."""
        return [one.floor for one in self._priorities]

    def versions(self) -> list[int]:
        """To be handed back to `claimed`."""
        return [one.version for one in self._priorities]

    def claimed(self, found: Iterable[tuple[int, Key]], versions: Sequence[int], *, full: bool) -> None:
        """A claim found these (priority, key); `full`: as many as it asked for."""
        for priority, greatest in _greatest(found).items():
            one = self._priorities[priority]
            if one.version == versions[priority] and greatest > one.floor:
                one.floor = greatest
        if not full:
            self._short = True

    def lower(self, priority: int | None, place: datetime) -> None:
        """A job became claimable at this place (priority None: any)."""
        for one in self._priorities if priority is None else [self._priorities[priority]]:
            if one.floor[0] >= place:
                one.floor = (place - timedelta(microseconds=1), BOTTOM[1])
                one.version += 1

    def due(self, now: float) -> list[bool]:
        """Which priorities are to be swept now."""
        pause = max(SHORT_SWEEP_SECONDS if self._short else SWEEP_SECONDS, SWEEP_COSTS * self._cost)
        return [now - one.swept_at >= pause for one in self._priorities]

    def sweep_keys(self, due: Sequence[bool]) -> list[Key]:
        """The floors to sweep with: none where it is due."""
        return [BOTTOM if due[n] else one.floor for n, one in enumerate(self._priorities)]

    def swept(
        self, found: Iterable[tuple[int, Key]], due: Sequence[bool], *, full: bool, began: float, ended: float
    ) -> None:
        """A sweep found these. Where it filled its batch, more may lie above the greatest key that it took.

        A priority that a full batch did not reach was not looked at: it stays due.
        """
        self._cost = ended - began
        greatest = _greatest(found)
        lowest_reached = max(greatest, default=-1) if full else PRIORITIES - 1
        for priority, one in enumerate(self._priorities):
            if not due[priority] or priority > lowest_reached:
                continue
            one.swept_at = ended
            if full and priority in greatest and priority == lowest_reached:
                one.floor, one.version = greatest[priority], one.version + 1
            elif priority in greatest and greatest[priority] > one.floor:
                one.floor = greatest[priority]
        self._short = full and self._short


def _greatest(found: Iterable[tuple[int, Key]]) -> dict[int, Key]:
    greatest: dict[int, Key] = {}
    for priority, key in found:
        if priority not in greatest or key > greatest[priority]:
            greatest[priority] = key
    return greatest
