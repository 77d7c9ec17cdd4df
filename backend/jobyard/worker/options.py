"""How a worker process behaves. Durations are seconds."""

from dataclasses import dataclass, field

from jobyard.domain.limits import Limits
from jobyard.ports import Retention


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """The product's defaults; docs/operations.md says which operators set."""

    name: str
    slots: int = 50
    processes: int = 2
    """For CPU-bound handlers; they are started when the first such job comes."""
    lease_seconds: float = 20.0
    grace_seconds: float = 20.0
    beat_seconds: float = 5.0
    sweep_seconds: float = 4.0
    """With the lease: a lost worker's jobs run again within 25 s."""
    poll_seconds: float = 1.0
    give_back_seconds: float = 1.0
    """A job that was claimed ahead and for which no slot becomes free for so long is given back."""
    cancel_patience_seconds: float = 1.0
    """How long a handler that was asked to stop may take before it is stopped."""
    cancel_again_seconds: float = 10.0
    """A handler that was stopped and goes on is stopped again after so long."""
    cancel_left_seconds: float = 0.75
    """A handler that was stopped for its owner and goes on for so long is left behind: its job is cancelled.

    With the second that it is given to stop by itself, that is within two. A thread is left after half a second.
    """
    progress_seconds: float = 0.5
    expiry_seconds: float = 0.1
    """How often it is looked for runs whose time-out is over."""
    alone_after_seconds: float = 10.0
    """A job that was lost twice waits for a worker without work for so long; then one makes room for it."""
    alone_look_seconds: float = 5.0
    """How often it is looked for such jobs."""
    batch: int = 500
    """Jobs a claim takes at most, and outcomes a report carries at most."""
    blocked_seconds: float = 1.0
    """A handler that holds the event loop for so long is named in the log and in its job's timeline."""
    stuck_seconds: float = 120.0
    """A loop that is held for so long ends the process: its jobs run elsewhere."""
    limits: Limits = field(default_factory=Limits)
    retention: Retention = field(default_factory=Retention)
