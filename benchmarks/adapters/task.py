"""What a measured process is told, in the first line of its standard input, and the payload of every job."""

import time
from dataclasses import dataclass
from typing import TypedDict

CALLERS_WITHOUT_BULK = 10
"""Callers that submit single jobs at a time where a peer has no call for many."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, of those in workloads.py. What it does not use is 0."""

    do: str
    url: str
    concurrency: int = 0
    """The peer's own setting for how much it takes or runs at once (systems.py)."""
    jobs: int = 0
    callers: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    """Jobs a second: up to 100 are submitted one by one, more in bulk every 50 ms."""
    samples: str = ""
    """File for what `work` saw: number, time of the submit and of the start of each job, as float64."""


class Payload(TypedDict):
    """About 150 bytes of JSON. `i` tells jobs apart, `t` is when the submit was called."""

    i: int
    t: float
    to: str
    template: str
    subject: str
    lang: str
    n: int


def payload(number: int, at: float | None = None) -> Payload:
    """The payload of one job."""
    return {
        "i": number,
        "t": time.time() if at is None else at,
        "to": "someone@example.com",
        "template": "welcome",
        "subject": "Your weekly summary is ready",
        "lang": "en-GB",
        "n": 12345,
    }
