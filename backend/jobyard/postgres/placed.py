"""A new job with its lane, and how its wish to be told of is stored."""

from dataclasses import dataclass

from jobyard.domain.job import NewJob, Notify


@dataclass(slots=True)  # not frozen: one is made for every submit
class Placed:
    """A new job and the lane that it goes to."""

    job: NewJob
    lane: int


def notify_columns(notify: Notify) -> tuple[bool, int | None]:
    """Columns `notify` and `notify_bad` (NULL: failing and cancelling are told of just as completing is)."""
    if notify is Notify.NOTHING:
        return False, None
    return Notify.COMPLETED in notify, None if notify is Notify.ALL else int(notify & ~Notify.COMPLETED)
