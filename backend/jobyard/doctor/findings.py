"""What a check says: how bad it is, in one sentence, and in another what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`fail`: something is broken, or will lose work. `warn`: it will cost something, or could not be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `remedy` is empty where nothing needs to be done."""

    check: str
    verdict: Verdict
    message: str
    remedy: str = ""


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, Verdict.OK, message)


def warn(check: str, message: str, remedy: str) -> Finding:
    """Somebody should look at it."""
    return Finding(check, Verdict.WARN, message, remedy)


def fail(check: str, message: str, remedy: str) -> Finding:
    """Somebody must do something. The exit code of `jobyard doctor` is then 1."""
    return Finding(check, Verdict.FAIL, message, remedy)


def duration(seconds: float) -> str:
    """A length of time as people say it: `40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    for unit, name, upto in ((1, "s", 120), (60, "min", 7_200), (3_600, "h", 172_800)):
        if abs(seconds) < upto:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / 86_400:.3g} days"
