"""★ Where a job is claimed: one batch feeds all slots, and the next is claimed while they work."""

import asyncio
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from jobyard.domain.events import EventType, JobChanged
from jobyard.domain.job import ClaimedJob
from jobyard.observability import CLAIM_BATCH, CLAIMS, JOB_WAIT_SECONDS
from jobyard.ports import Nudges, WorkQueue
from jobyard.worker.alone import Alone
from jobyard.worker.held import Held, Run
from jobyard.worker.options import WorkerOptions
from jobyard.worker.wait import either

AHEAD_SECONDS = 0.05
"""How much work may wait in the process: it is out of the others' reach, and out of the order of priorities."""

MOST_UNRECORDED = 2_000
LANES_EVERY_SECONDS = 5.0
SWEEP_LOOK_SECONDS = 0.05


class Claimer:
    """Keeps the slots fed."""

    def __init__(
        self,
        queue: WorkQueue,
        nudges: Nudges,
        held: Held,
        kinds: Sequence[str],
        options: WorkerOptions,
        alone: Alone,
    ) -> None:
        self._queue = queue
        self._nudges = nudges
        self._held = held
        self._kinds = kinds
        self._options = options
        self._alone = alone
        self._lanes: list[int] = []
        self._lanes_until = 0.0
        self._unanswered = False
        self._head: Run | None = None
        self._sweeping = asyncio.Lock()
        self._waits = {kind: JOB_WAIT_SECONDS.labels(kind) for kind in kinds}

    async def step(self) -> float:
        """Claim what there is room for. Answers at once to be called again: it waits for room or work itself."""
        if self._unanswered and self._held.worker:
            await self._find_granted()
        if self._alone.is_on:
            return await self._step_alone()
        room = self._room() if self._held.worker else 0  # without a number while it comes back from a missed lease
        if room <= 0:
            self._held.room.clear()
            await either(self._held.room, self._options.poll_seconds)
            return 0
        self._held.work.clear()  # before the look: what comes during it is looked for again
        claimed = 0
        for lane in await self._served_lanes():
            claimed += await self._claim(lane, room - claimed)
            if claimed >= room:
                return 0
        if claimed == 0 and not self._held.runs:
            if await self._claim_alone():
                return 0
            await self._alone.end()
        if 2 * claimed < room:  # there was no more: what comes now says so, and asking again would only be in its way
            await either(self._held.work, self._options.poll_seconds)
        return 0

    async def sweep(self) -> float:
        """Claim what appeared behind: beside the claims, since it may read very much (docs/decisions/0001)."""
        room = self._room() if self._held.worker else 0
        if room > 0:
            for lane in self._lanes:
                async with self._sweeping:
                    if not self._held.worker or self._alone.is_on:  # since: taken for dead, or one is to run alone
                        break
                    with self._asking() as worker:
                        jobs = await self._queue.sweep(worker, lane, self._kinds, room)
                    self._take(jobs, worker)
        return SWEEP_LOOK_SECONDS

    async def give_back(self) -> float:
        """What has waited here for a slot too long goes back into the line, and none is claimed ahead for a while.

        Quick jobs let many be claimed ahead; where slow ones come, those would wait behind them, out of others' reach.
        """
        ready, head = self._held.ready, self._head
        self._head = ready[0] if ready else None
        if head is None or self._head is not head:
            return self._options.give_back_seconds
        self._head = None
        self._held.mean_seconds = max(self._held.mean_seconds, 2 * self._options.slots * AHEAD_SECONDS)
        waiting = [run for run in ready if not run.stopped]
        ready.clear()
        for run in waiting:
            run.stopped = True  # not taken by a slot, and not cancelled by itself: `release` sees to that
        try:
            await self._queue.release(self._held.worker, [run.job for run in waiting])
        except BaseException:
            self._unanswered = True  # some may be given back, and run elsewhere by now: what is still ours is looked up
            raise
        finally:
            self._held.forget(waiting)
        return self._options.give_back_seconds

    def _room(self) -> int:
        """How many more jobs may be held: the free slots, and ahead what is done in 50 ms."""
        if len(self._held.outcomes) >= MOST_UNRECORDED or self._alone.is_on:
            return 0
        slots = self._options.slots
        ahead = slots * AHEAD_SECONDS / max(self._held.mean_seconds, 0.000_01)
        holding = len(self._held.runs) - len(self._held.outcomes)
        return min(self._options.batch, slots + int(min(ahead, 2 * self._options.batch)) - holding)

    async def _served_lanes(self) -> list[int]:
        now = asyncio.get_running_loop().time()
        if now >= self._lanes_until:
            self._lanes = await self._queue.lanes()
            self._lanes_until = now + LANES_EVERY_SECONDS
        return self._lanes

    async def _claim(self, lane: int, limit: int) -> int:
        if not self._held.worker:  # taken for dead since the step began: what nobody holds is never rescued
            return 0
        with self._asking() as worker:
            jobs = await self._queue.claim(worker, lane, self._kinds, limit)
        self._take(jobs, worker)
        return len(jobs)

    @contextmanager
    def _asking(self) -> Generator[int]:
        """Around a claim, or a look for what it was granted: it may end without an answer."""
        try:
            yield self._held.worker
        except BaseException:
            self._unanswered = True
            raise

    async def _find_granted(self) -> None:
        """Take what claims without an answer were granted: nobody else would ever run it while we live."""
        async with self._sweeping:  # what a sweep is granted now would be taken twice
            self._unanswered = False  # before the look: what goes unanswered during it is looked for again
            known = {(run.job.id, run.job.run) for run in self._held.runs.values()}  # some may end while we ask
            with self._asking() as worker:
                granted = await self._queue.holdings(worker)
            self._take([job for job in granted if (job.id, job.run) not in known], worker)

    async def settle(self) -> None:
        """After the last step: take what a claim without an answer was granted, so that it can be given back."""
        if self._unanswered and self._held.worker:
            await self._find_granted()

    def _take(self, jobs: list[ClaimedJob], worker: int) -> None:
        if worker != self._held.worker:
            return  # taken for dead meanwhile: the next rescue finds them
        CLAIMS.labels("some" if jobs else "none").inc()
        if jobs:
            CLAIM_BATCH.observe(len(jobs))
        self._held.add([Run(job, worker, self._options.limits) for job in jobs])
        for kind, waits in _waits(jobs).items():
            self._waits[kind].observe_all(waits)
        self._nudges.changed(JobChanged(job.owner, job.id, EventType.STARTED) for job in jobs)

    async def _step_alone(self) -> float:
        """Claim nothing until nothing is held, then one job, and nothing until that has ended."""
        if self._held.runs and not self._alone.waits_in_vain:
            self._held.room.clear()
            await either(self._held.room, self._options.poll_seconds)
        elif self._held.runs or self._alone.has_claimed or not (await self._claim_alone() or self._held.runs):
            await self._alone.end()
        return 0

    async def _claim_alone(self) -> int:
        """Claim one job that was lost twice, where nothing is held. The caller ends what begins here."""
        async with self._sweeping:  # a sweep that was under way has ended
            if self._held.runs or self._unanswered:
                return 0
            self._alone.claim()  # and no other claims anything from here on
            for lane in self._lanes:
                if not self._held.worker:
                    break
                with self._asking() as worker:
                    job = await self._queue.claim_alone(worker, lane, self._kinds)
                if job is not None:
                    self._take([job], worker)
                    return 1
        return 0


def _waits(jobs: Sequence[ClaimedJob]) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = defaultdict(list)
    for job in jobs:
        waits[job.kind].append(job.waited_seconds)
    return waits
