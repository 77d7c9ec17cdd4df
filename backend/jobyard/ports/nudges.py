"""Waking workers, telling pages, and reading what has finished."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from jobyard.domain.events import Cursor, JobChanged, OutcomeRow
from jobyard.ports.work import Claimable


class Nudges(Protocol):
    """Hints between processes. All may be lost without harm: whoever waits for one also polls."""

    def leading_edge(self) -> str | None:
        """The name under which a transaction may wake others itself, where nothing was said for a moment; else None."""
        ...

    def work(self, claimable: Iterable[Claimable], *, others_know: bool = False) -> None:
        """Jobs became claimable; `others_know`: other processes have been told."""
        ...

    def changed(self, changes: Iterable[JobChanged]) -> None:
        """Jobs changed. Told on only for owners who are watching."""
        ...

    def finished(self, owners: Iterable[int]) -> None:
        """Jobs of these owners ended: their outcomes can be read."""
        ...

    def cancel(self, worker: int, job_id: UUID, run: int) -> None:
        """A running job should stop."""
        ...


class NudgeListener(Protocol):
    """The receiving end, in this process, of nudges from any process (this one included)."""

    def on_work(self, callback: Callable[[Claimable], None]) -> Callable[[], None]:
        """Call back where jobs became claimable. Returns a function that ends it; so do the others."""
        ...

    def on_changed(self, callback: Callable[[Sequence[JobChanged]], None]) -> Callable[[], None]:
        """Call back with changes of watched owners' jobs."""
        ...

    def on_finished(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when outcomes of some owner can be read."""
        ...

    def on_ended(self, callback: Callable[[Iterable[int]], None]) -> Callable[[], None]:
        """Call back with the owners of jobs that ended in this process, and only there."""
        ...

    def on_cancel(self, callback: Callable[[int, UUID, int], None]) -> Callable[[], None]:
        """Call back with (worker, job, run) of a job that should stop."""
        ...

    async def watch(self, owners: Iterable[int]) -> None:
        """These owners have a socket on this node: say so to all (it replaces what was said before)."""
        ...


class OutcomeLog(Protocol):
    """The finished log, as the live socket reads it: gap-free whatever the commit order, some repeats (engine.md)."""

    async def cursor(self) -> Cursor:
        """The place up to which everything is visible now."""
        ...

    async def since(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        """Outcomes of these owners (None: of all) from `cursor` on, by (finish_xid, id), above `after` of a page.

        Take the next cursor before the first page is read, never from a row.
        """
        ...

    async def unseen(
        self, owners: Sequence[int] | None, cursor: Cursor, limit: int, after: tuple[int, UUID] | None = None
    ) -> list[OutcomeRow]:
        """As `since`, but without what was visible when `cursor` was given: however long a transaction is open."""
        ...
