"""What can go wrong between a caller and the core, each with the HTTP answer that it becomes (web/problems.py).

JobyardError
├── Unauthenticated      no or bad credentials
├── Forbidden            known, but not allowed
├── NotFound             not there, or not yours: the same answer
├── Conflict             the state forbids it; `retry_after_seconds` when waiting helps
├── Invalid              well-formed, but wrong: names each field
├── TooLarge             over a limit of size
├── TooMany              over a limit of number or rate; `retry_after_seconds` when waiting helps
└── Unavailable          the database is away; `retry_after_seconds`
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field. `pointer` is a JSON pointer into the body (`/payload/url`) or `?name` of a query parameter."""

    pointer: str
    message: str


class JobyardError(Exception):
    """The root of every error that a caller is told of. `detail` is a sentence fit for a user."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unauthenticated(JobyardError):
    """No credentials, or ones that are not good (any more)."""


class Forbidden(JobyardError):
    """The caller is known and may not do this."""


class NotFound(JobyardError):
    """There is no such thing for this caller."""


class Conflict(JobyardError):
    """The thing is there, and its state forbids what was asked. `retry_after_seconds` where waiting helps."""

    def __init__(self, detail: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Invalid(JobyardError):
    """What was sent is well-formed and wrong. `errors` names every field that is, 100 at most."""

    MOST = 100

    def __init__(self, errors: list[FieldError]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.pointer or 'the body'}: {first.message}{more}")
        self.errors = errors[: self.MOST]


class TooLarge(JobyardError):
    """A body or a value over its limit."""


class TooMany(JobyardError):
    """A count or a rate over its limit."""

    def __init__(self, detail: str, retry_after_seconds: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(JobyardError):
    """The database cannot be reached now; nothing was lost."""

    def __init__(self, detail: str, retry_after_seconds: float = 2.0) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds
