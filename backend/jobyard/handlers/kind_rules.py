"""What a kind may say of itself. Asked when it is registered: a mistake stops the start, and spoils no job."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from jobyard.domain.job import BackoffStrategy, JobOptions
from jobyard.domain.limits import BOUNDS, NAME_PATTERN
from jobyard.domain.retry_policy import LONGEST_PAUSE_SECONDS

DESCRIPTION_CHARACTERS = 200
MOST_ATTEMPTS = BOUNDS["max_attempts"][1]
LONGEST_TIMEOUT_SECONDS = BOUNDS["timeout_seconds"][1]
"""The highest that an operator may allow; what is over the limits of this server is cut (`Registry.within`)."""


def check_kind(name: Any, description: Any, defaults: Any, secret: Any) -> None:
    """Raise ValueError that names the kind, and of each wrong field its rule and its value."""
    if not isinstance(name, str) or not re.fullmatch(NAME_PATTERN, name):
        raise ValueError(f"kind {name!r}: name must match {NAME_PATTERN}")
    wrong = [*_description(description), *_defaults(defaults), *_secret(secret)]
    if wrong:
        raise ValueError(f"kind {name!r}: {'; '.join(wrong)}")


def _description(text: Any) -> Iterator[str]:
    if not isinstance(text, str) or not 1 <= len(text.strip()) <= DESCRIPTION_CHARACTERS or not text.isprintable():
        yield f"description must be one line of 1 to {DESCRIPTION_CHARACTERS} characters, not {text!r}"


def _defaults(defaults: Any) -> Iterator[str]:
    if not isinstance(defaults, JobOptions):
        yield f"defaults must be JobOptions(…), not {defaults!r}"
        return
    attempts = defaults.max_attempts
    if type(attempts) is not int or not 1 <= attempts <= MOST_ATTEMPTS:
        yield f"defaults.max_attempts must be a whole number from 1 to {MOST_ATTEMPTS}, not {attempts!r}"
    timeout = defaults.timeout_seconds
    if not _is_number(timeout) or not 0 < timeout <= LONGEST_TIMEOUT_SECONDS:
        rule = f"must be a number of seconds, more than 0 and at most {LONGEST_TIMEOUT_SECONDS}"
        yield f"defaults.timeout_seconds {rule}, not {timeout!r}"
    yield from _backoff(defaults)


def _backoff(defaults: JobOptions) -> Iterator[str]:
    backoff = defaults.backoff
    if not isinstance(backoff.strategy, BackoffStrategy):  # pyright: ignore[reportUnnecessaryIsInstance]
        known = " or ".join(f"BackoffStrategy.{one.name}" for one in BackoffStrategy)
        yield f"defaults.backoff.strategy must be {known}, not {backoff.strategy!r}"
    pauses = {"base_seconds": backoff.base_seconds, "max_seconds": backoff.max_seconds}
    wrong = {
        name: value
        for name, value in pauses.items()
        if not _is_number(value) or not 0 <= value <= LONGEST_PAUSE_SECONDS
    }
    for name, value in wrong.items():
        rule = f"must be a number of seconds from 0 to {LONGEST_PAUSE_SECONDS:.0f}"
        yield f"defaults.backoff.{name} {rule}, not {value!r}"
    if not wrong and backoff.base_seconds > backoff.max_seconds:
        yield (
            f"defaults.backoff.base_seconds must be at most max_seconds ({backoff.max_seconds:g}), "
            f"not {backoff.base_seconds:g}"
        )


def _secret(fields: Any) -> Iterator[str]:
    if isinstance(fields, str) or not isinstance(fields, Sequence):
        yield f"secret must be a list of paths such as ('headers.authorization',), not {fields!r}"
        return
    for path in fields:  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(path, str) or not all(path.split(".")):
            yield f"secret must hold paths of keys with dots between them, not {path!r}"


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)
