"""What became of an attempt: an exception or a result goes in, what is to be recorded comes out."""

import math
import re
import traceback as tracebacks
from collections.abc import Callable

import msgspec

from jobyard.domain.job import ClaimedJob, JobError, Json
from jobyard.domain.limits import Limits
from jobyard.domain.outcome import Fail, RetryAfter, Snooze
from jobyard.domain.retry_policy import FailForGood, Failure, decide
from jobyard.ports import Completed, Failed, Snoozed

TYPE_BYTES = 200
"""What the type of an error may take."""


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


def raised(
    job: ClaimedJob, error: BaseException, jitter: float, limits: Limits, hide: Callable[[str], str] | None = None
) -> Failed | Snoozed:
    """A run that raised, whatever it was. Raises nothing: it is called where an exception would end the slot.

    A handler may raise what says nonsense (`Snooze(None)`, a class whose words cannot be read): that fails its attempt.
    """
    try:
        if isinstance(error, Snooze):
            return Snoozed(job, min(max(_seconds(error), 0.0), limits.run_ahead_seconds))
        return failed(job, error, jitter, limits, hide)
    except BaseException as second:  # noqa: BLE001 - it is the handler's own class
        return _refused(job, error, second, jitter, limits, hide or str)


def _refused(
    job: ClaimedJob,
    error: BaseException,
    second: BaseException,
    jitter: float,
    limits: Limits,
    hide: Callable[[str], str],
) -> Failed:
    try:
        reason = _cut(hide(str(second)), limits.message_bytes)
        traceback = _keep_end(hide("".join(tracebacks.format_exception(error))), limits.traceback_bytes)
    except BaseException:  # noqa: BLE001 - as above
        reason, traceback = type(second).__name__, None
    message = f"what the handler raised ({type(error).__name__}) cannot be recorded: {reason}"
    failure = Failure(JobError("outcome_refused", message, traceback), retryable=not isinstance(error, Fail))
    return _decided(job, failure, jitter)


def failed(
    job: ClaimedJob, error: BaseException, jitter: float, limits: Limits, hide: Callable[[str], str] | None = None
) -> Failed:
    """A run that raised. `jitter` is between -1 and 1. The retry policy decides whether there is another.

    `hide` takes the payload's secrets out of what the error says.
    """
    return _decided(job, failure_of(error, limits, hide or str), jitter)


def timed_out(job: ClaimedJob, jitter: float, limits: Limits) -> Failed:
    """A run that took longer than the job's time-out."""
    seconds = job.options.timeout_seconds
    error = JobError("timeout", f"the attempt took longer than its time-out of {seconds:g} s")
    return _decided(job, Failure(error, timed_out=True), jitter)


def _decided(job: ClaimedJob, failure: Failure, jitter: float) -> Failed:
    decision = decide(job.options.backoff, job.attempt, job.options.max_attempts, failure, jitter)
    pause = None if isinstance(decision, FailForGood) else decision.seconds
    return Failed(job, failure.error, pause, failure.timed_out)


def failure_of(error: BaseException, limits: Limits, hide: Callable[[str], str] = str) -> Failure:
    """What an exception says of its attempt. `Fail` and `RetryAfter` speak for themselves and need no traceback."""
    if isinstance(error, Fail | RetryAfter):
        message = _cut(hide(text_of(error.message)), limits.message_bytes)
        words = JobError(_cut(text_of(error.type), TYPE_BYTES), message)
        if isinstance(error, Fail):
            return Failure(words, retryable=False)
        return Failure(words, retry_in_seconds=None if error.seconds is None else _seconds(error))
    told = error if isinstance(error, RaisedElsewhere) else told_of(error)
    message = _cut(hide(told.message) or "no message", limits.message_bytes)
    traceback = _keep_end(hide(told.traceback), limits.traceback_bytes)
    return Failure(JobError(_cut(told.type, TYPE_BYTES), message, traceback))


def text_of(value: object) -> str:
    """What a handler gave as a text: an exception as a message, a number as a type. A text stays what it says."""
    return value if isinstance(value, str) else str(value)


def _seconds(wish: Snooze | RetryAfter) -> float:
    try:
        seconds = math.nan if wish.seconds is None else float(wish.seconds)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if math.isnan(seconds):
        raise ValueError(f"seconds must be a number, is {wish.seconds!r}")
    return seconds


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
