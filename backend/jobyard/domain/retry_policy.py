"""Where a retry is decided: a failure goes in, a decision comes out, one writer applies it."""

from dataclasses import dataclass

from jobyard.domain.job import Backoff, BackoffStrategy, JobError

JITTER = 0.2
"""A pause is drawn from ±20 % of its length, so that jobs that failed together do not come back together."""

LONGEST_PAUSE_SECONDS = 86_400.0
"""What a handler or a `Retry-After` may ask for at most: a longer wish is nearly always a mistake of the other side."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that did not complete. `retry_in_seconds` is the handler's wish, None where it has none."""

    error: JobError
    retryable: bool = True
    retry_in_seconds: float | None = None
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class RetryAfterPause:
    """Run it again, after this pause."""

    seconds: float


@dataclass(frozen=True, slots=True)
class FailForGood:
    """No attempt is left, or another would end the same way: the job becomes a dead letter."""


def pause_seconds(backoff: Backoff, attempt: int, jitter: float) -> float:
    """The pause after `attempt` (1 for the first), for a `jitter` between -1 and 1.

    base × 2^(attempt - 1), capped, then ±20 % (api.md, `backoff`). The exponent is capped before the power is taken:
    2^1023 is the greatest that a float holds.
    """
    growth = 1.0 if backoff.strategy is BackoffStrategy.FIXED else 2.0 ** min(attempt - 1, 64)
    return min(backoff.base_seconds * growth, backoff.max_seconds) * (1 + JITTER * jitter)


def decide(
    backoff: Backoff, attempt: int, max_attempts: int, failure: Failure, jitter: float
) -> RetryAfterPause | FailForGood:
    """Whether a job whose `attempt` ended with `failure` runs again, and when. `jitter` is between -1 and 1."""
    if not failure.retryable or attempt >= max_attempts:
        return FailForGood()
    if failure.retry_in_seconds is not None:
        return RetryAfterPause(min(max(failure.retry_in_seconds, 0.0), LONGEST_PAUSE_SECONDS))
    return RetryAfterPause(pause_seconds(backoff, attempt, jitter))
