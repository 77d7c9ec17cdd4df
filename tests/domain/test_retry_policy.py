"""Where a retry is decided."""

from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.job import Backoff, BackoffStrategy, JobError
from jobyard.domain.retry_policy import (
    JITTER,
    LONGEST_PAUSE_SECONDS,
    FailForGood,
    Failure,
    RetryAfterPause,
    decide,
    pause_seconds,
)

ERROR = JobError("boom", "it broke")
BACKOFF = Backoff()

seconds = st.floats(0, 86_400)
jitters = st.floats(-1, 1)
attempts = st.integers(1, 32_767)


def test_the_default_backoff_doubles_from_five_seconds_to_an_hour() -> None:
    pauses = [pause_seconds(BACKOFF, attempt, 0) for attempt in range(1, 13)]
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


def test_a_fixed_backoff_stays_the_same() -> None:
    fixed = Backoff(BackoffStrategy.FIXED, 7, 3600)
    assert {pause_seconds(fixed, attempt, 0) for attempt in (1, 2, 50)} == {7}


@given(base=seconds, longest=seconds, attempt=attempts, jitter=jitters, strategy=st.sampled_from(BackoffStrategy))
def test_a_pause_is_never_over_the_maximum_and_its_jitter(
    base: float, longest: float, attempt: int, jitter: float, strategy: BackoffStrategy
) -> None:
    pause = pause_seconds(Backoff(strategy, base, longest), attempt, jitter)
    assert 0 <= pause <= min(longest, base * 2.0**64) * (1 + JITTER) * (1 + 1e-9)


@given(attempt=attempts, most=attempts, jitter=jitters, wish=st.none() | st.floats(-1e9, 1e9))
def test_it_runs_again_while_attempts_are_left(attempt: int, most: int, jitter: float, wish: float | None) -> None:
    decision = decide(BACKOFF, attempt, most, Failure(ERROR, retry_in_seconds=wish), jitter)
    assert isinstance(decision, RetryAfterPause) == (attempt < most)


@given(attempt=attempts, jitter=jitters)
def test_what_cannot_be_retried_is_not(attempt: int, jitter: float) -> None:
    assert decide(BACKOFF, attempt, 32_767, Failure(ERROR, retryable=False), jitter) == FailForGood()


@given(wish=st.floats(-1e9, 1e9), jitter=jitters)
def test_a_wish_is_honoured_within_bounds(wish: float, jitter: float) -> None:
    decision = decide(BACKOFF, 1, 5, Failure(ERROR, retry_in_seconds=wish), jitter)
    assert decision == RetryAfterPause(min(max(wish, 0), LONGEST_PAUSE_SECONDS))
