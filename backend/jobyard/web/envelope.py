"""What every answer has around it: a request id, security headers, one line in the access log, and its metrics.

It wraps the whole application: Litestar's own middleware does not see what has no route.
"""

import re
import time
from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import structlog
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from jobyard.observability import REQUEST_SECONDS, REQUESTS

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

# The same as the front door sends, for whoever reaches the server without it. No script but our own files, no eval;
# style may be inline, because the page's toasts and the documentation's viewer write theirs so.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; "
    "script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; "
    "object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"
LEAVE = "jobyard.leave"
"""In a request's state: what is to be called once it has been answered."""

QUIET_ROUTES = frozenset({"/healthz", "/readyz"})

_access_log = structlog.get_logger("jobyard.access")


class Envelope:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        headers = HEADERS | ({"strict-transport-security": HSTS} if is_https else {})
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._own = {name for name, _ in self._headers} | {b"x-request-id"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if cast("Any", scope)["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "http":
                await self._answer(scope, receive, send, request_id)
            else:
                await self._app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send, request_id: str) -> None:
        status = 499  # the client left before there was an answer
        headers = [*self._headers, (b"x-request-id", request_id.encode())]

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                theirs = [(name, value) for name, value in message["headers"] if name.lower() not in self._own]
                message["headers"] = [*theirs, *headers]
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, send_wrapped)
        finally:
            state = cast("dict[str, dict[str, Callable[[], None]]]", scope).get("state", {})
            if (leave := state.pop(LEAVE, None)) is not None:
                leave()
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: HTTPScope, status: int, seconds: float) -> None:
        # Never the raw path: it may hold what a user wrote, and it would make a new metric for each.
        seen = cast("dict[str, object]", scope)
        route = str(seen.get("path_template") or "(none)")
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        REQUESTS.labels(method, route, status).inc()
        REQUEST_SECONDS.labels(method, route).observe(seconds)
        if route in QUIET_ROUTES and status < 400:
            return
        _access_log.info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            user_id=str(user_id) if (user_id := getattr(seen.get("user"), "id", None)) else None,
        )


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def _request_id(scope: Scope) -> str:
    """The caller's id where it is sane: short, and of characters that no log and no header minds."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            if REQUEST_ID.fullmatch(text):
                return text
    return uuid4().hex
