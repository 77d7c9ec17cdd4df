"""A job that was lost twice may have killed its workers: it runs in a process that holds nothing else.

A worker that has nothing to do takes one by itself. Where all are busy it might wait for ever: so each worker looks
every few seconds for one that has waited long. The one whose turn it is, by a lease in the database, claims nothing
until it holds nothing, runs it, and goes on. The others go on meanwhile.
"""

import asyncio

import structlog

from jobyard.ports import WorkQueue
from jobyard.worker.held import Held
from jobyard.worker.options import WorkerOptions

log = structlog.get_logger()

TURN_SECONDS = 15.0
"""The lease of a turn: three looks, so that one that dies with it delays the next little."""

PATIENCE_SECONDS = 60.0
LONGEST_PATIENCE_SECONDS = 900.0
"""How long a worker waits at most until it holds nothing. Where that took longer, it tries again, twice as long.

So a job of a day keeps no worker idle. Where every worker always holds jobs that take longer than a quarter of an hour,
one that was lost twice waits until one of them happens to hold none.
"""


class Alone:
    """Whether this process is to claim nothing, for the sake of one job. The claimer acts on it."""

    def __init__(self, queue: WorkQueue, held: Held, kinds: list[str], options: WorkerOptions) -> None:
        self._queue = queue
        self._held = held
        self._kinds = kinds
        self._options = options
        self.has_claimed = False
        """One was claimed, or may have been: a claim can end without an answer."""
        self._is_claiming = False
        self._has_turn = False
        self._turns = 0
        self._began = 0.0
        self._not_before = 0.0
        self._patience = PATIENCE_SECONDS

    @property
    def is_on(self) -> bool:
        """Whether nothing else may be claimed."""
        return self._is_claiming or self._has_turn

    async def look(self) -> float:
        """Take the turn where a job has waited long, and keep it while it is used. A loop beside the claims."""
        worker, turn = self._held.worker, self._turns
        if worker and (self._has_turn or self._now() >= self._not_before):
            mine = await self._queue.take_turn(
                worker, self._kinds, waited_seconds=self._options.alone_after_seconds, lease_seconds=TURN_SECONDS
            )
            if turn == self._turns and worker == self._held.worker:  # else it ended meanwhile
                self._turn_is(mine)
        return self._options.alone_look_seconds

    def _turn_is(self, mine: bool) -> None:
        if mine and not self._has_turn:
            log.info("a job that was lost twice has waited long: nothing is claimed until it runs alone")
            self._began = self._now()
            self._held.room.set()  # the claimer may be waiting
            self._held.work.set()
        self._has_turn = mine

    def claim(self) -> None:
        """From now on nothing else is claimed. What follows may grant a job without an answer."""
        self._is_claiming = self.has_claimed = True

    @property
    def waits_in_vain(self) -> bool:
        """Whether what this worker still holds takes too long. Also where it lost the turn."""
        return not self.has_claimed and not (self._has_turn and self._now() - self._began < self._patience)

    async def end(self) -> None:
        """Claim as ever, for at least as long as this took: half of a worker's time stays for all others."""
        had_turn, claimed = self._has_turn, self.has_claimed
        self._is_claiming = self._has_turn = self.has_claimed = False
        if not had_turn:
            return
        self._turns += 1
        self._not_before = self._now() + (self._now() - self._began)
        self._patience = PATIENCE_SECONDS if claimed else min(2 * self._patience, LONGEST_PATIENCE_SECONDS)
        if self._held.worker:
            await self._queue.end_turn(self._held.worker)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
