"""What this process holds: jobs that wait for a slot, those that run, and outcomes that are not recorded yet."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

import msgspec

from jobyard.domain.job import ClaimedJob
from jobyard.domain.limits import Limits
from jobyard.ports import Completed, Failed, JobNote, Snoozed
from jobyard.worker.log_book import LogBook, clean_line

_encode = msgspec.json.encode

MOST_NOTES = 1_000
REPORT_CHARACTERS = 500
LIMITS = Limits()

Outcome: TypeAlias = Completed | Failed | Snoozed


class Run:
    """One claimed job in this process; also the context that its handler is given.

    What most runs never change stands in the class: one is made for every run.
    """

    task: "asyncio.Task[None] | None" = None
    began: float = math.inf
    """On `time.perf_counter`: when its handler was called."""
    seconds: float = 0.0
    """How long its handler took."""
    cancel_requested: bool = False
    stopped: bool = False
    """The task was cancelled by us: asked to stop and did not, shutdown, or the lease was lost."""
    expired: bool = False
    """The task was cancelled by us because its time-out was over."""
    ended: bool = False
    """It has an outcome, recorded or under way to be: nothing else may become of it."""
    left_behind: bool = False
    """Its handler did not stop: another slot has taken the place of its own."""
    unanswered: bool = False
    """Its outcome was sent, and no answer came: it may be recorded already."""
    report: bytes | None = None
    """Progress that is not stored yet."""
    hide: "Callable[[str], str] | None" = None
    """Takes the payload's secrets out of a text, where its kind has any."""
    book: LogBook | None = None
    """What it logged, where it did."""

    def __init__(self, job: ClaimedJob, worker: int, limits: Limits = LIMITS) -> None:
        self.job = job
        self.worker = worker
        self.limits = limits

    @property
    def job_id(self) -> UUID:
        """The job's id: the same on every attempt."""
        return self.job.id

    @property
    def attempt(self) -> int:
        """1 for the first."""
        return self.job.attempt

    @property
    def run(self) -> int:
        """One more at every claim."""
        return self.job.run

    @property
    def owner(self) -> int:
        """The owner's number."""
        return self.job.owner

    def progress(self, fraction: float, message: str | None = None) -> None:
        """Keep the newest report; it is stored within half a second. Raises ValueError outside 0 to 1."""
        number = float(fraction)  # a Decimal, or NumPy's: would be written as what no reader takes for a number
        if not 0 <= number <= 1:
            raise ValueError(f"fraction must be between 0 and 1, is {fraction}")
        text = None if message is None else clean_line(self.hidden(str(message)), 4 * REPORT_CHARACTERS)
        self.report = _encode({"fraction": number, "message": text and text[:REPORT_CHARACTERS]})

    def log(self, message: str, level: str = "info") -> None:
        """Keep a line; it is stored within a second, and before the outcome. From any thread."""
        if not self.ended:
            self.__dict__.setdefault("book", LogBook(self.limits)).add(message, level, self.hide)

    def hidden(self, text: str) -> str:
        """A text without the payload's secrets."""
        return text if self.hide is None else self.hide(text)

    def stop(self) -> None:
        """Cancel the handler's task."""
        self.stopped = True
        if self.task is not None:
            self.task.cancel()


@dataclass(slots=True)
class Held:
    """The process's jobs by id, and the signals between its loops. One event loop alone touches it.

    The heartbeat's thread only copies `runs`, and reads `worker`.
    """

    runs: dict[UUID, Run] = field(default_factory=dict[UUID, Run])
    ready: "deque[Run]" = field(default_factory=deque[Run])
    """Claimed, and waiting for a slot."""
    idle: "deque[asyncio.Future[None]]" = field(default_factory=deque[asyncio.Future[None]])
    """Slots that wait for a run."""
    outcomes: "deque[tuple[Run, Outcome]]" = field(default_factory=deque[tuple[Run, Outcome]])
    notes: "deque[tuple[int, JobNote]]" = field(default_factory=lambda: deque[tuple[int, JobNote]](maxlen=MOST_NOTES))
    """For timelines, not written yet, each with its worker; the oldest fall out while the database is away."""
    work: asyncio.Event = field(default_factory=asyncio.Event)
    """Something may be claimable."""
    room: asyncio.Event = field(default_factory=asyncio.Event)
    """A job left: there may be room for another."""
    due: asyncio.Event = field(default_factory=asyncio.Event)
    """A job will be due sooner than the promoter would look again."""
    left_slot: asyncio.Event = field(default_factory=asyncio.Event)
    """A handler returned."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """An outcome waits to be recorded."""
    worker: int = 0
    """This process's number in `workers`; 0 while it has none."""
    mean_seconds: float = 0.1
    """How long a handler takes, smoothed: decides how many jobs are claimed ahead."""

    def add(self, runs: list[Run]) -> None:
        """Jobs were claimed: wake as many slots as wait, one a job at most."""
        for run in runs:
            self.runs[run.job.id] = run
        self.ready.extend(runs)
        woken = 0
        while self.idle and woken < len(runs):
            slot = self.idle.popleft()
            if not slot.done():
                slot.set_result(None)
                woken += 1

    async def some_ready(self) -> None:
        """Wait, as a slot, until a run may be ready."""
        slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.idle.append(slot)
        await slot

    def end(self, run: Run, outcome: Outcome) -> None:
        """A run ended: record it. It stays held until it is."""
        run.ended = True
        self.outcomes.append((run, outcome))
        self.ended.set()

    def forget(self, runs: Iterable[Run]) -> None:
        """They are recorded, released or lost: no longer ours."""
        held = self.runs
        for run in runs:
            if held.get(run.job.id) is run:
                del held[run.job.id]
        self.room.set()
