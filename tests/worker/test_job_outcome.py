"""What an exception or a result says of its attempt."""

from uuid import UUID

import pytest

from jobyard.domain.job import ClaimedJob, JobOptions
from jobyard.domain.limits import Limits
from jobyard.domain.outcome import Fail, RetryAfter
from jobyard.services import job_outcome

LIMITS = Limits(result_bytes=100, traceback_bytes=200, message_bytes=50)


def job(attempt: int = 1, max_attempts: int = 3) -> ClaimedJob:
    return ClaimedJob("(0,1)", UUID(int=1), 1, attempt, 7, "demo.echo", b"{}", JobOptions(max_attempts, 2.5))


def boom(text: str) -> Exception:
    def burst() -> None:
        raise ValueError(text)

    try:
        burst()
    except ValueError as error:
        return error
    raise AssertionError(text)


def test_a_result_is_json_text() -> None:
    assert job_outcome.completed(job(), {"a": 1}, LIMITS).result == b'{"a":1}'
    assert job_outcome.completed(job(), None, LIMITS).result is None


@pytest.mark.parametrize(
    ("result", "type_", "message"),
    [
        (object(), "result_refused", "cannot be written as JSON"),
        ("x" * 99, "result_too_large", "101 bytes, the limit is 100"),
        ({"a": ["b\0"]}, "result_refused", r"U\+0000"),
        ({"\\\0": 1}, "result_refused", r"U\+0000"),
        ("\ud800", "result_refused", "cannot be written"),
    ],
)
def test_a_result_that_cannot_be_stored_fails_for_good(result: object, type_: str, message: str) -> None:
    with pytest.raises(Fail, match=message) as raised:
        job_outcome.completed(job(), result, LIMITS)
    assert raised.value.type == type_
    assert job_outcome.failed(job(), raised.value, 0, LIMITS).retry_in_seconds is None


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert job_outcome.completed(job(), "\\u0000", LIMITS).result == rb'"\\u0000"'


def test_any_exception_is_retried_with_its_traceback() -> None:
    failed = job_outcome.failed(job(), boom("it broke"), 0, LIMITS)
    assert (failed.error.type, failed.error.message) == ("ValueError", "it broke")
    assert "raise ValueError(text)" in (failed.error.traceback or "")
    assert failed.retry_in_seconds == 5


def test_the_last_attempt_is_the_last() -> None:
    assert job_outcome.failed(job(attempt=3), boom("again"), 0, LIMITS).retry_in_seconds is None


def test_a_handler_can_say_when_and_whether() -> None:
    assert job_outcome.failed(job(), RetryAfter("busy", seconds=90, type="http_503"), 0, LIMITS).retry_in_seconds == 90
    assert job_outcome.failed(job(), RetryAfter("busy"), 0, LIMITS).retry_in_seconds == 5
    failed = job_outcome.failed(job(), Fail("no such user", type="http_404"), 0, LIMITS)
    assert (failed.error.type, failed.error.traceback, failed.retry_in_seconds) == ("http_404", None, None)


def test_a_time_out_names_its_limit() -> None:
    failed = job_outcome.timed_out(job(), 0, LIMITS)
    assert failed.timed_out
    assert "2.5 s" in failed.error.message
    assert failed.retry_in_seconds == 5


def test_errors_are_made_fit_for_storage() -> None:
    failed = job_outcome.failed(job(), boom("\0 \ud800 " + "é" * 100), 0, LIMITS)
    assert len(failed.error.message.encode()) <= LIMITS.message_bytes + len("…".encode())
    for text in (failed.error.message, failed.error.traceback or ""):
        assert "\0" not in text
        text.encode()
    assert (failed.error.traceback or "").startswith("…")
    assert job_outcome.failed(job(), boom(""), 0, LIMITS).error.message == "no message"
