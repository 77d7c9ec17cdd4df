"""The one place that builds adapters: the API with its embedded worker, and a worker process alone."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import FrameType

import structlog
import uvloop
from litestar import Litestar

from jobyard.account_wiring import account_rules, build_accounts
from jobyard.collector import settle
from jobyard.death_signal import follow_parent
from jobyard.handlers.registry import Registry
from jobyard.kinds import build_kinds
from jobyard.observability import configure_logging, note_build
from jobyard.pool_sizes import ENGINE_CONNECTIONS, HEARTBEAT_CONNECTIONS, READER_CONNECTIONS, WORKER_ENGINE_CONNECTIONS
from jobyard.ports import WorkQueue
from jobyard.postgres.account_data import PostgresAccountData
from jobyard.postgres.audit_retention import PostgresAuditRetention
from jobyard.postgres.connections import ENGINE_SETTINGS, READER_SETTINGS, Patience, Pool
from jobyard.postgres.departures import PostgresDepartures
from jobyard.postgres.held_jobs import PostgresHeldJobs
from jobyard.postgres.inbox import InboxFolding, PostgresInbox
from jobyard.postgres.job_history import PostgresJobHistory
from jobyard.postgres.job_logs import PostgresLogSink
from jobyard.postgres.job_repository import PostgresJobStore
from jobyard.postgres.listener import PostgresNudges
from jobyard.postgres.live_counts import PostgresLiveCounts
from jobyard.postgres.operations import PostgresOperations
from jobyard.postgres.outcome_log import PostgresOutcomeLog
from jobyard.postgres.pooler import Pooler
from jobyard.postgres.queues import PostgresQueues
from jobyard.postgres.statistics import PostgresStatistics, StatisticsUpkeep
from jobyard.postgres.unit_of_work import is_outage
from jobyard.postgres.upkeep import PostgresUpkeep
from jobyard.postgres.waiting_jobs import PostgresWaitingJobs
from jobyard.postgres.work_queue import PostgresWorkQueue
from jobyard.postgres.worker_list import PostgresWorkerList
from jobyard.security import BCRYPT_COST, derive_key
from jobyard.services.bulk_operations import BulkOperations
from jobyard.services.notifications import Wishes
from jobyard.services.user_admin import UserControl
from jobyard.settings import Settings
from jobyard.stop_limit import END_SECONDS, StopLimit
from jobyard.web.app import create_app
from jobyard.web.app_ports import AppPorts, BeforeStop, WebOptions
from jobyard.worker.options import WorkerOptions
from jobyard.worker.supervisor import Worker

log = structlog.get_logger()

LEAVE_SECONDS = 7.0
"""What a worker beside the API may take beyond its grace time to give back and record what it holds. The rest of
END_SECONDS is for what it used.
"""

WORKER_FAILED = 70
"""Exit code of a process whose worker died (EX_SOFTWARE): whoever watches it starts another."""


@dataclass(frozen=True, slots=True)
class Core:
    """The adapters that the API and a worker share. Use them within `opened`."""

    engine: Pool
    readers: Pool
    nudges: PostgresNudges
    registry: Registry

    @classmethod
    def build(cls, settings: Settings, engine_connections: int) -> "Core":
        """Build them; nothing is opened yet."""
        pooler = Pooler(settings.database_pooler)
        engine = Pool(settings.database_url, ENGINE_SETTINGS, engine_connections, pooler)
        return cls(
            engine=engine,
            readers=Pool(settings.database_url, READER_SETTINGS, READER_CONNECTIONS, pooler),
            nudges=PostgresNudges(settings.session_url, engine),
            registry=build_kinds(settings),
        )

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Pools and listener, for the block."""
        async with self.engine, self.readers, self.nudges.running():
            yield


def app(before_stop: BeforeStop) -> Litestar:
    """The application that Granian serves: settings come from the environment."""
    settings = Settings.read()
    configure_logging(json=settings.log_json)
    note_build()
    application = create_app(build_ports(settings, before_stop=before_stop))
    settle()
    return application


def build_ports(
    settings: Settings, *, bcrypt_cost: int = BCRYPT_COST, before_stop: BeforeStop | None = None
) -> AppPorts:
    """Everything that the web side uses. Tests pass a cheaper cost for passwords."""
    core = Core.build(settings, ENGINE_CONNECTIONS)
    store = PostgresJobStore(
        core.engine,
        core.readers,
        core.nudges,
        settings.limits,
        lease_seconds=settings.lease_seconds,
        secrets=core.registry.secrets_of,
    )
    accounts = build_accounts(settings, PostgresDepartures(core.readers, store), bcrypt_cost=bcrypt_cost)
    inbox = PostgresInbox(core.readers)

    @asynccontextmanager
    async def adapters() -> AsyncGenerator[None]:
        async with core.opened(), AsyncExitStack() as stack:
            stack.push_async_callback(accounts.engine.dispose)
            await stack.enter_async_context(accounts.accounts.background.running())
            if settings.embedded_worker:
                await stack.enter_async_context(embedded_worker(core, settings))
            yield

    return AppPorts(
        options=WebOptions(
            settings.origin,
            settings.is_https,
            settings.allowed_origins,
            cursor_keys=tuple(derive_key(secret, "live cursor") for secret in settings.all_secrets),
            verified_only=account_rules(settings).verified_only,
            limits=settings.limits,
            show_queue_depth=settings.show_queue_depth,
            before_stop=before_stop,
        ),
        accounts=accounts.accounts,
        authenticator=accounts.authenticator,
        registry=core.registry,
        waiting=PostgresWaitingJobs(core.readers, settings.lease_seconds),
        job_store=store,
        outcome_log=PostgresOutcomeLog(core.readers),
        listener=core.nudges,
        account_unit=accounts.unit,
        account_data=PostgresAccountData(core.readers),
        audit=accounts.audit,
        history=PostgresJobHistory(core.readers),
        statistics=PostgresStatistics(core.readers),
        queues=PostgresQueues(core.readers),
        bulk=BulkOperations(store, PostgresOperations(core.engine, core.nudges, settings.limits), accounts.audit),
        api_keys=accounts.api_keys,
        users=UserControl(
            accounts.unit, PostgresHeldJobs(core.engine, core.nudges), accounts.authenticator.forget_user
        ),
        workers=PostgresWorkerList(core.readers, settings.lease_seconds),
        inbox=inbox,
        wishes=Wishes(inbox),
        is_outage=is_outage,
        readiness=accounts.readiness,
        lifespan=(adapters,),
    )


def build_worker(core: Core, settings: Settings) -> Worker:
    """A worker on these adapters. To be called where its event loop runs."""

    @asynccontextmanager
    async def open_queue() -> AsyncGenerator[WorkQueue]:
        patience = Patience.within(settings.lease_seconds)
        pooler = Pooler(settings.database_pooler)
        async with Pool(settings.database_url, ENGINE_SETTINGS, HEARTBEAT_CONNECTIONS, pooler, patience) as pool:
            yield PostgresWorkQueue(pool, core.nudges)

    store = PostgresJobStore(core.engine, core.readers, core.nudges, settings.limits)
    return Worker(
        queue=PostgresWorkQueue(core.engine, core.nudges),
        open_queue=open_queue,
        upkeep=PostgresUpkeep(core.engine, core.nudges, settings.session_url),
        nudges=core.nudges,
        listener=core.nudges,
        logs=PostgresLogSink(core.engine),
        registry=core.registry,
        options=WorkerOptions(
            name=settings.worker_name,
            slots=settings.worker_slots,
            lease_seconds=settings.lease_seconds,
            stuck_seconds=settings.stuck_seconds,
            grace_seconds=settings.shutdown_grace_seconds,
            beat_seconds=settings.lease_seconds / 4,
            sweep_seconds=settings.lease_seconds / 5,
            limits=settings.limits,
        ),
        chores={
            "statistics": StatisticsUpkeep(core.engine).carry_on,
            "operations": PostgresOperations(core.engine, core.nudges, settings.limits).step,
            "inboxes": InboxFolding(core.engine).fold,
            "departures": PostgresDepartures(core.readers, store).carry_on,
            "held jobs": PostgresHeldJobs(core.engine, core.nudges).step,
            "audit retention": PostgresAuditRetention(core.engine, settings.audit_days).step,
        },
        counts=PostgresLiveCounts(core.engine),
    )


@asynccontextmanager
async def embedded_worker(core: Core, settings: Settings) -> AsyncGenerator[None]:
    """A worker beside the API, in the same process and event loop."""
    stop = asyncio.Event()
    task = asyncio.create_task(build_worker(core, settings).run(stop), name="worker")
    task.add_done_callback(end_process_if_failed)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=settings.shutdown_grace_seconds + LEAVE_SECONDS)
        if not task.done():  # nor waited for: a task may swallow its cancellation
            log.warning("the worker did not stop in time: what it holds runs again elsewhere")
            task.cancel()


def end_process_if_failed(task: "asyncio.Task[None]") -> None:
    """An API that accepts jobs and runs none would look alive: let the process be started anew."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("the worker died, and takes its process with it", exc_info=error)
        os._exit(WORKER_FAILED)


def run_worker() -> None:
    """A worker process, until SIGTERM or SIGINT. A second signal changes nothing."""
    settings = Settings.read()
    configure_logging(json=settings.log_json)
    note_build()
    follow_parent(signal.SIGTERM)
    uvloop.run(_run_worker(settings))


async def _run_worker(settings: Settings) -> None:
    stop = asyncio.Event()
    loop, limit = asyncio.get_running_loop(), StopLimit(settings.shutdown_grace_seconds + END_SECONDS)

    def heard(_: int, __: FrameType | None) -> None:  # a plain handler: also while a job's handler blocks the loop
        limit.asked()
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)
    core = Core.build(settings, WORKER_ENGINE_CONNECTIONS)
    code = 0
    try:
        async with core.opened():
            worker = build_worker(core, settings)
            settle()
            await worker.run(stop)
    except BaseException as error:  # also a group of what is no Exception
        log.critical("the worker died", exc_info=error)
        code = WORKER_FAILED
    # Not by returning: that waits for what handlers have left, a task that swallows its stop or a thread that is deaf.
    logging.shutdown()
    os._exit(code)
