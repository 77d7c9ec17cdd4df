"""What became of an attempt: an exception or a result goes in, what is to be recorded comes out."""

import re
import traceback as tracebacks
from collections.abc import Callable

import msgspec

from jobyard.domain.job import ClaimedJob, JobError, Json
from jobyard.domain.limits import Limits
from jobyard.domain.outcome import Fail, RetryAfter
from jobyard.domain.retry_policy import FailForGood, Failure, decide
from jobyard.ports import Completed, Failed


class RaisedElsewhere(Exception):
    """A handler raised this in another process: its words, since an exception itself may not survive the way here."""

    def __init__(self, type_: str, message: str, traceback: str) -> None:
        super().__init__(message)
        self.type = type_
        self.message = message
        self.traceback = traceback


def completed(job: ClaimedJob, result: Json, limits: Limits) -> Completed:
    """A run that went well. Raises Fail where its result cannot be stored: another attempt would bring the same."""
    if result is None:
        return Completed(job, None)
    try:
        text = msgspec.json.encode(result)
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise Fail(f"the result cannot be written as JSON: {error}", type="result_refused") from error
    if len(text) > limits.result_bytes:
        raise Fail(f"the result has {len(text)} bytes, the limit is {limits.result_bytes}", type="result_too_large")
    if _has_nul(text):
        raise Fail("the result contains the character U+0000, which the database cannot store", type="result_refused")
    return Completed(job, text)


def _has_nul(text: bytes) -> bool:
    """Whether JSON text holds an escaped U+0000: an odd number of backslashes before `u0000`."""
    return any(len(backslashes) % 2 for backslashes in re.findall(rb"(\\+)u0000", text))


def failed(
    job: ClaimedJob, error: BaseException, jitter: float, limits: Limits, hide: Callable[[str], str] | None = None
) -> Failed:
    """A run that raised. `jitter` is between -1 and 1. The retry policy decides whether there is another.

    `hide` takes the payload's secrets out of what the error says.
    """
    failure = failure_of(error, limits, hide or str)
    decision = decide(job.options.backoff, job.attempt, job.options.max_attempts, failure, jitter)
    pause = None if isinstance(decision, FailForGood) else decision.seconds
    return Failed(job, failure.error, pause, failure.timed_out)


def timed_out(job: ClaimedJob, jitter: float, limits: Limits) -> Failed:
    """A run that took longer than the job's time-out."""
    seconds = job.options.timeout_seconds
    error = JobError("timeout", f"the attempt took longer than its time-out of {seconds:g} s")
    failure = Failure(error, timed_out=True)
    decision = decide(job.options.backoff, job.attempt, job.options.max_attempts, failure, jitter)
    return Failed(job, error, None if isinstance(decision, FailForGood) else decision.seconds, timed_out=True)


def failure_of(error: BaseException, limits: Limits, hide: Callable[[str], str] = str) -> Failure:
    """What an exception says of its attempt. `Fail` and `RetryAfter` speak for themselves and need no traceback."""
    if isinstance(error, Fail):
        return Failure(JobError(error.type, _cut(hide(error.message), limits.message_bytes)), retryable=False)
    if isinstance(error, RetryAfter):
        told = JobError(error.type, _cut(hide(error.message), limits.message_bytes))
        return Failure(told, retry_in_seconds=error.seconds)
    told = error if isinstance(error, RaisedElsewhere) else told_of(error)
    message = _cut(hide(told.message) or "no message", limits.message_bytes)
    return Failure(JobError(told.type, message, _keep_end(hide(told.traceback), limits.traceback_bytes)))


def told_of(error: BaseException) -> RaisedElsewhere:
    """The words of an exception. One that can't even say its message is told of, too."""
    try:
        message = str(error)
    except Exception as second:  # noqa: BLE001 - it is the handler's own class
        message = f"its message cannot be read: {type(second).__name__}"
    return RaisedElsewhere(type(error).__name__, message, "".join(tracebacks.format_exception(error)))


def _cut(text: str, most_bytes: int) -> str:
    """Fit for storage: no U+0000, no half surrogate, not over the limit."""
    clean = text.replace("\0", "\ufffd").encode("utf-8", "replace")
    return clean.decode() if len(clean) <= most_bytes else clean[:most_bytes].decode("utf-8", "ignore") + "…"


def _keep_end(text: str, most_bytes: int) -> str:
    """The end of a traceback is what tells: cut at its beginning."""
    clean = text.replace("\0", "\ufffd").encode("utf-8", "replace")
    return clean.decode() if len(clean) <= most_bytes else "…" + clean[-most_bytes:].decode("utf-8", "ignore")
