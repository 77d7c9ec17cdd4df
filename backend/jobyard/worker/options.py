"""How a worker process behaves. Durations are seconds."""

from dataclasses import dataclass, field

from jobyard.domain.limits import Limits


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """The product's defaults; operators set the first four (docs/operations.md)."""

    name: str
    slots: int = 50
    lease_seconds: float = 20.0
    grace_seconds: float = 20.0
    beat_seconds: float = 5.0
    sweep_seconds: float = 5.0
    poll_seconds: float = 1.0
    cancel_patience_seconds: float = 1.0
    """How long a handler that was asked to stop may take before it is stopped."""
    progress_seconds: float = 0.5
    expiry_seconds: float = 0.1
    """How often it is looked for runs whose time-out is over."""
    batch: int = 500
    """Jobs a claim takes at most, and outcomes a report carries at most."""
    limits: Limits = field(default_factory=Limits)
