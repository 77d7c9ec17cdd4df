"""What a handler may raise to say how its attempt ended. Anything else that it raises is a failure that is retried."""


class Fail(Exception):
    """This attempt failed, and another would too: no retry."""

    def __init__(self, message: str, *, type: str = "failed") -> None:
        super().__init__(message)
        self.message = message
        self.type = type


class RetryAfter(Exception):
    """This attempt failed; run it again in `seconds` (None: after the job's own backoff) while attempts are left."""

    def __init__(self, message: str, *, seconds: float | None = None, type: str = "failed") -> None:
        super().__init__(message)
        self.message = message
        self.seconds = seconds
        self.type = type


class Snooze(Exception):
    """Not now: run it again in `seconds`, without using an attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"snoozed for {seconds} s")
        self.seconds = seconds
