"""What the web side is given: `wiring.py` builds one of these, tests build another."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from secrets import token_bytes

from jobyard.domain.limits import Limits
from jobyard.handlers.registry import Registry
from jobyard.ports import (
    AccountData,
    AccountUnit,
    AuditTrail,
    Inbox,
    JobHistory,
    JobStore,
    NudgeListener,
    OutcomeLog,
    Queues,
    Statistics,
    WaitingJobs,
    WorkerList,
)
from jobyard.services.accounts import Accounts
from jobyard.services.api_keys import ApiKeyControl
from jobyard.services.bulk_operations import BulkOperations
from jobyard.services.notifications import Wishes
from jobyard.services.user_admin import UserControl
from jobyard.web.authentication import Authenticator
from jobyard.web.live_connection import LiveTimes

Check = Callable[[], Awaitable[None]]
"""A readiness check: returns, or raises with a message that names what is wrong."""

LifespanHook = Callable[[], AbstractAsyncContextManager[None]]

BeforeStop = Callable[[Callable[[], Awaitable[None]]], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What an operator's settings decide for the web side."""

    origin: str
    """The page's one origin, `https://jobs.example.org`."""
    is_https: bool
    allowed_origins: tuple[str, ...] = ()
    """Origins beside our own that may open a socket."""
    limits: Limits = field(default_factory=Limits)
    live_times: LiveTimes = field(default_factory=LiveTimes)
    cursor_keys: tuple[bytes, ...] = field(default_factory=lambda: (token_bytes(32),))
    """What seals the live socket's cursors; the others are of secrets before. Nodes share them."""
    verified_only: bool = False
    """Whether a user whose address is not confirmed may do nothing but that (verified.py)."""
    show_queue_depth: bool = False
    """Whether everybody is told how many jobs of others are before theirs."""
    before_stop: BeforeStop | None = None
    """Under a server that cuts live sockets when it stops: within the block, it waits until this has closed them."""


@dataclass(frozen=True, slots=True)
class AppPorts:
    """Everything that handlers use; they get it as the dependency `ports`."""

    options: WebOptions
    accounts: Accounts
    authenticator: Authenticator
    registry: Registry
    job_store: JobStore
    waiting: WaitingJobs
    outcome_log: OutcomeLog
    listener: NudgeListener
    account_unit: AccountUnit
    account_data: AccountData
    audit: AuditTrail
    bulk: BulkOperations
    history: JobHistory
    statistics: Statistics
    queues: Queues
    api_keys: ApiKeyControl
    users: UserControl
    workers: WorkerList
    inbox: Inbox
    wishes: Wishes
    is_outage: Callable[[BaseException], bool]
    """Whether an exception means that the database is away: it becomes a 503."""
    readiness: Mapping[str, Check] = field(default_factory=dict[str, Check])
    lifespan: tuple[LifespanHook, ...] = ()
    """Entered in this order before the first request, left in reverse after the last."""
