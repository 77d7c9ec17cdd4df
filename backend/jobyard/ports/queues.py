"""The named lines."""

from dataclasses import dataclass
from typing import Protocol

from jobyard.domain.user import Viewer


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How full a queue is. `pending` counts to 100,000; `oldest_seconds` is how long the first in line has waited."""

    pending: int
    oldest_seconds: float | None


class Queues(Protocol):
    """The queues that there are."""

    async def names(self, viewer: Viewer) -> list[str]:
        """Those that the viewer can use, in order."""
        ...

    async def depths(self, names: list[str]) -> dict[str, QueueDepth]:
        """How full some are, with everybody's jobs: for administrators."""
        ...
