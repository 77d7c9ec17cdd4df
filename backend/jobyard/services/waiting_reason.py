"""Why a job is not running now: facts go in, a reason and a sentence come out. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from jobyard.domain.job import JobState, Wait
from jobyard.ports import MOST_AHEAD, WaitingFacts

ROUND = timedelta(seconds=10)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FARTHEST_SECONDS = 30 * 86_400.0
"""Beyond it, nobody knows when a job starts that waits for its turn."""


class Reason(StrEnum):
    """The `reason` of GET /jobs/{id}/why. Some are of limits that this release does not have yet."""

    SCHEDULED = "scheduled"
    WAITING_TURN = "waiting_turn"
    BACKING_OFF = "backing_off"
    WAITING_FOR_JOBS = "waiting_for_jobs"
    QUEUE_PAUSED = "queue_paused"
    NO_WORKER_FOR_KIND = "no_worker_for_kind"
    CONCURRENCY_LIMIT = "concurrency_limit"
    RATE_LIMIT = "rate_limit"
    OWNER_LIMIT = "owner_limit"
    HELD = "held"
    CANCELLING = "cancelling"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why, in a word and in a sentence, and when it is expected to start (None: nobody knows)."""

    reason: Reason
    detail: str
    expected_start_at: datetime | None = None


def decide(facts: WaitingFacts) -> Waiting:
    """Why the job of these facts is not running."""
    if facts.state.is_finished:
        return Waiting(Reason.FINISHED, f"It has ended: {facts.state}.")
    if facts.state is JobState.RUNNING:
        return _running(facts)
    if facts.wait is not Wait.NONE:
        return _out_of_line(facts)
    if not facts.is_served:
        return Waiting(Reason.NO_WORKER_FOR_KIND, no_worker(facts.kind))
    if facts.runs_alone:  # when that is, nobody knows: the line before it says nothing of it
        return Waiting(Reason.WAITING_TURN, "Its worker was lost twice: it runs when a worker holds nothing else.")
    return Waiting(Reason.WAITING_TURN, f"It waits for its turn in queue {facts.queue}.", _expected(facts))


def _running(facts: WaitingFacts) -> Waiting:
    where = f" on {facts.worker}" if facts.worker else ""
    if facts.cancel_requested:
        return Waiting(Reason.CANCELLING, f"It was asked to stop, and still runs{where}.")
    return Waiting(Reason.RUNNING, f"It runs{where}.")


def no_worker(kind: str) -> str:
    """The sentence for a kind that no live worker runs; a submit warns with it too."""
    return f"No live worker runs jobs of kind {kind}: this one waits until one does."


def _out_of_line(facts: WaitingFacts) -> Waiting:
    at = _rounded(max(facts.run_at, facts.now))
    match facts.wait:
        case Wait.BACKOFF:
            attempt = f"attempt {facts.attempt + 1} of {facts.max_attempts}"
            return Waiting(Reason.BACKING_OFF, f"It waits for the time of {attempt}.", at)
        case Wait.JOBS:
            jobs = "another job" if facts.unfinished_before == 1 else f"{facts.unfinished_before} other jobs"
            return Waiting(Reason.WAITING_FOR_JOBS, f"It waits for {jobs} to end.")
        case Wait.LIMIT:
            return Waiting(Reason.CONCURRENCY_LIMIT, "As many jobs of its sort run as may run at a time.")
        case Wait.NO_WORKER:
            return Waiting(Reason.NO_WORKER_FOR_KIND, no_worker(facts.kind))
        case Wait.HELD:
            return Waiting(Reason.HELD, "It is held: its owner's account is disabled.")
        case _:
            return Waiting(Reason.SCHEDULED, "It waits for its time.", at)


def _expected(facts: WaitingFacts) -> datetime | None:
    """By the rate of late; unknown where none is, or where the line is longer than is counted."""
    if facts.ahead_all == 0:
        return _rounded(facts.now)
    if not facts.jobs_a_second or facts.ahead_all >= MOST_AHEAD:
        return None
    seconds = facts.ahead_all / facts.jobs_a_second
    return _rounded(facts.now + timedelta(seconds=seconds)) if seconds <= FARTHEST_SECONDS else None


def _rounded(at: datetime) -> datetime:
    """Up to the next 10 s: an estimate is no measurement, and nobody shall reckon others' jobs from it."""
    return EPOCH - (EPOCH - at) // ROUND * ROUND
