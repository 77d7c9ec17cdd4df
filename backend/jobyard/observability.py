"""Logs (structlog, with the standard library's routed in) and metrics (prometheus_client)."""

import logging
import sys
from bisect import bisect_right
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram
from structlog.dev import plain_traceback

from jobyard import __version__

# Metrics ------------------------------------------------------------------------------------------------------------
# Nothing that a user chooses may become a label: routes are templates, kinds are the server's own (users' are "own").
_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0)

REQUESTS = Counter("jobyard_http_requests_total", "Answered requests", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "jobyard_http_request_duration_seconds", "Time to answer", ["method", "route"], buckets=_FAST
)
SOCKETS = Gauge("jobyard_sockets", "Open live sockets", multiprocess_mode="livesum")
SOCKET_EVENTS = Counter("jobyard_socket_events_total", "Events to live sockets", ["fate"])
"""`fate` is `sent` or `dropped`."""

JOBS_SUBMITTED = Counter("jobyard_jobs_submitted_total", "Jobs stored", ["kind"])
JOBS_COMPLETED = Counter("jobyard_jobs_completed_total", "Jobs that ended well", ["kind"])
JOBS_FAILED = Counter("jobyard_jobs_failed_total", "Jobs that failed for good", ["kind"])
JOBS_RETRIED = Counter("jobyard_jobs_retried_total", "Failed attempts after which another follows", ["kind"])
JOBS_RESCUED = Counter("jobyard_jobs_rescued_total", "Runs taken back from lost workers", ["kind"])


class BatchHistogram(Histogram):
    """A histogram that takes many observations at once: 0.02 µs each among 500, and 0.9 µs one by one."""

    def observe_all(self, amounts: list[float]) -> None:
        """Observe each amount; sorts the list."""
        buckets: list[Any] = self._buckets  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        total: Any = self._sum
        amounts.sort()
        total.inc(sum(amounts))
        below = 0
        for bucket, bound in zip(buckets, self._upper_bounds, strict=True):
            up_to = bisect_right(amounts, bound)
            if up_to > below:
                bucket.inc(up_to - below)
                below = up_to


JOB_WAIT_SECONDS = BatchHistogram(
    "jobyard_job_wait_seconds", "From the moment that a job could run to its claim", ["kind"], buckets=_SLOW
)
JOB_RUN_SECONDS = BatchHistogram("jobyard_job_run_seconds", "Time that a run took", ["kind"], buckets=_SLOW)
CLAIMS = Counter("jobyard_claims_total", "Claim queries", ["found"])
"""`found` is `some` or `none`."""
CLAIM_BATCH = Histogram("jobyard_claim_batch_jobs", "Jobs that one claim took", buckets=(1, 2, 5, 10, 20, 50, 100, 200))
LISTENER_RECONNECTS = Counter("jobyard_listener_reconnects_total", "Times that the notification connection was lost")
POOL_SIZE = Gauge("jobyard_pool_size", "Connections that may be open", ["pool"], multiprocess_mode="livesum")
POOL_IN_USE = Gauge("jobyard_pool_in_use", "Connections that are in use", ["pool"], multiprocess_mode="livesum")
POOL_WAITING = Gauge("jobyard_pool_waiting", "Who waits for a connection", ["pool"], multiprocess_mode="livesum")
BUILD_INFO = Gauge("jobyard_build_info", "The release that runs", ["version"], multiprocess_mode="livemax")

# Told by the leader alone. The largest of several: one that does not lead says SILENT, and is not heard.
JOBS = Gauge("jobyard_jobs", "Unfinished jobs", ["state", "queue", "priority"], multiprocess_mode="livemax")
OLDEST_PENDING_SECONDS = Gauge(
    "jobyard_oldest_pending_seconds",
    "For how long the first in line has waited",
    ["queue"],
    multiprocess_mode="livemax",
)

SILENT = float("-inf")
"""The value of a gauge that says nothing; metrics_server.py leaves it out.

prometheus_client can take no series away once it has written it into a file that several processes share.
"""


class LeadersGauge:
    """A gauge that one process of all sets: what it does not tell any more is silent."""

    def __init__(self, gauge: Gauge) -> None:
        self._gauge = gauge
        self._told: set[tuple[str, ...]] = set()

    def tell(self, values: Mapping[tuple[str, ...], float]) -> None:
        """Set all of it, by the values of its labels."""
        for labels in self._told - values.keys():
            self._gauge.labels(*labels).set(SILENT)
        for labels, value in values.items():
            self._gauge.labels(*labels).set(value)
        self._told = set(values)


CURRENT_JOB: ContextVar[UUID | None] = ContextVar("current_job", default=None)
"""The job that runs here: its id is in every line that is logged beneath. Cheaper by 5 µs a job than binding it."""


# Logs ---------------------------------------------------------------------------------------------------------------
def configure_logging(*, json: bool, level: int = logging.INFO) -> None:
    """Send every log line, ours and other libraries', to standard error in one form.

    `request_id` is bound by `structlog.contextvars`, `job_id` comes from CURRENT_JOB: both appear in whatever is logged
    beneath.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_job,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # Tracebacks without the values of variables: among them are passwords and tokens.
    renderers: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        else [structlog.dev.ConsoleRenderer(exception_formatter=plain_traceback, colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "alembic.runtime.plugins"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # httpx logs each URL, and a URL may hold a secret
    logging.captureWarnings(capture=True)


def _add_job(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    job_id = CURRENT_JOB.get()
    if job_id is not None:
        event.setdefault("job_id", str(job_id))
    return event


def note_build() -> None:
    """Say in the metrics which release this process runs."""
    BUILD_INFO.labels(version=__version__).set(1)
