"""The application: which handlers there are, and what holds for all of them."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from typing import Any, cast

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send
from uuid_utils.compat import uuid7

from jobyard.domain.user import Viewer
from jobyard.services.job_control import JobControl
from jobyard.services.job_submit import JobSubmits
from jobyard.services.served_kinds import ServedKinds
from jobyard.web.accounts import ACCOUNT_HANDLERS
from jobyard.web.admin import ADMIN_HANDLERS
from jobyard.web.allowed_methods import options_handlers
from jobyard.web.api_keys import API_KEY_HANDLERS
from jobyard.web.app_ports import AppPorts, LifespanHook
from jobyard.web.audit import AUDIT_HANDLERS
from jobyard.web.authentication import authenticate_guard, provide_viewer
from jobyard.web.bulk import BULK_HANDLERS
from jobyard.web.envelope import Envelope
from jobyard.web.job_history import HISTORY_HANDLERS
from jobyard.web.job_lists import LIST_HANDLERS
from jobyard.web.job_submit import submit_batch
from jobyard.web.jobs import JOB_HANDLERS
from jobyard.web.kinds import KIND_HANDLERS
from jobyard.web.large_bodies import LargeBodies
from jobyard.web.live import LIVE_HANDLERS, Live
from jobyard.web.live_cursors import Cursors
from jobyard.web.live_hub import LiveHub
from jobyard.web.notifications import NOTIFICATION_HANDLERS
from jobyard.web.openapi import document_handlers
from jobyard.web.ops import OPS_HANDLERS
from jobyard.web.passwords import PASSWORD_HANDLERS
from jobyard.web.problems import problem_handler
from jobyard.web.queues import QUEUE_HANDLERS
from jobyard.web.sessions import SESSION_HANDLERS
from jobyard.web.stats import STATS_HANDLERS
from jobyard.web.strict_request import StrictRequest, refuse_unknown_query
from jobyard.web.verified import verified_guard, verified_socket
from jobyard.web.workers import WORKER_HANDLERS

HANDLERS: list[BaseRouteHandler] = [
    *OPS_HANDLERS,
    *ACCOUNT_HANDLERS,
    *SESSION_HANDLERS,
    *PASSWORD_HANDLERS,
    *JOB_HANDLERS,
    *LIST_HANDLERS,
    *BULK_HANDLERS,
    *HISTORY_HANDLERS,
    *STATS_HANDLERS,
    *QUEUE_HANDLERS,
    *KIND_HANDLERS,
    *NOTIFICATION_HANDLERS,
    *API_KEY_HANDLERS,
    *ADMIN_HANDLERS,
    *WORKER_HANDLERS,
    *AUDIT_HANDLERS,
    *LIVE_HANDLERS,
]
"""Every handler that the OpenAPI document tells of, and the live socket. A new file of handlers adds its list here."""


class App(Litestar):
    """Litestar in its envelope."""

    envelope: ASGIApp | None = None

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        """The ASGI entry."""
        await cast("ASGIApp", self.envelope or super().__call__)(scope, receive, send)  # pyright: ignore[reportArgumentType]


def create_app(ports: AppPorts) -> Litestar:
    """Build the application. It touches nothing outside until its lifespan begins."""
    options = ports.options
    hub = LiveHub(
        ports.job_store,
        ports.outcome_log,
        ports.listener,
        Cursors(options.cursor_keys),
        times=options.live_times,
        limits=options.limits,
    )
    enter = verified_socket(ports.authenticator.authenticate_socket, verified_only=options.verified_only)
    live = Live(hub, enter, options)
    served = ServedKinds(ports.job_store, time.monotonic)
    submits = JobSubmits(ports.job_store, ports.registry, served, ports.wishes, uuid7, options.limits)
    control = JobControl(ports.job_store, options.limits)

    async def provide_ports() -> AppPorts:
        return ports

    # These two wait for the viewer, though they need none: what may be provided side by side is provided in a task
    # group, which stood out in the profile of a submit.
    async def provide_control(viewer: NamedDependency[Viewer]) -> JobControl:
        del viewer
        return control

    async def provide_submits(viewer: NamedDependency[Viewer]) -> JobSubmits:
        del viewer
        return submits

    async def provide_live() -> Live:
        return live

    hooks: list[LifespanHook] = [*ports.lifespan, live.running]
    if options.before_stop is not None:
        hooks.insert(0, _within(options.before_stop(hub.close_all)))
    in_small = [handler for handler in HANDLERS if handler is not submit_batch]
    app = App(
        [
            *options_handlers(in_small),  # first: Litestar makes them where there are none
            *in_small,
            Router(
                "/",
                route_handlers=[*options_handlers([submit_batch]), submit_batch],
                request_max_body_size=options.limits.batch_body_bytes,
            ),
            *document_handlers(HANDLERS),
        ],
        dependencies={
            "ports": Provide(provide_ports),
            "viewer": Provide(provide_viewer),
            "control": Provide(provide_control),
            "submits": Provide(provide_submits),
            "live": Provide(provide_live),
        },
        state=State({"limits": options.limits, "large_bodies": LargeBodies()}),
        guards=[
            authenticate_guard(ports.authenticator),
            verified_guard(ports.authenticator, verified_only=options.verified_only),
            refuse_unknown_query,
        ],
        exception_handlers={Exception: problem_handler(ports.is_outage)},
        request_class=StrictRequest,
        request_max_body_size=ports.options.limits.job_body_bytes,
        lifespan=[_ignoring_app(hook) for hook in hooks],
        openapi_config=None,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    app.envelope = Envelope(super(App, app).__call__, is_https=ports.options.is_https)
    return app


def _within(block: AbstractContextManager[None]) -> LifespanHook:
    @asynccontextmanager
    async def enter() -> AsyncGenerator[None]:
        with block:
            yield

    return enter


def _ignoring_app(
    hook: Callable[[], AbstractAsyncContextManager[None]],
) -> Callable[[Litestar], AbstractAsyncContextManager[Any]]:
    def enter(_: Litestar) -> AbstractAsyncContextManager[Any]:
        return hook()

    return enter
