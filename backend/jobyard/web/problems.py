"""Errors as RFC 9457 problems: the one table from exception to answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import ClientException, HTTPException, ValidationException

from jobyard.domain.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    JobyardError,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from jobyard.handlers.told_value import with_value

PROBLEM_MEDIA_TYPE = "application/problem+json"

STATUS_OF: dict[type[JobyardError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}

DETAIL_OF: dict[int, str] = {
    404: "There is nothing at this address.",
    405: "This address does not know this method; `Allow` lists those that it knows.",
    413: "The body is larger than this address takes.",
    500: "Something went wrong on our side. It was logged under the id in `X-Request-Id`.",
    503: "The database cannot be reached now. Nothing was lost; try again in a moment.",
}

_log = structlog.get_logger(__name__)


class Malformed(ClientException):
    """The body is not JSON, or a header is not what its grammar says: 400."""


class UnsupportedMediaType(ClientException):
    """The body is not declared to be JSON: 415."""

    status_code = 415


class FieldProblem(msgspec.Struct, frozen=True):
    """One wrong field."""

    pointer: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error answer (RFC 9457)."""

    title: str
    status: int
    detail: str
    instance: str
    type: str = msgspec.field(default_factory=lambda: "about:blank")
    errors: list[FieldProblem] = []

    MEDIA_TYPE: ClassVar[str] = PROBLEM_MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: int
    detail: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    errors: list[FieldError] = field(default_factory=list[FieldError])


def problem_handler(is_outage: Callable[[BaseException], bool]) -> Callable[[Request[Any, Any, Any], Exception], Any]:
    """The application's only exception handler."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemDetails]:
        if isinstance(error, ValidationException):
            verdict = _judge_parameters(error, request.query_params)
        else:
            verdict = _judge(error, is_outage)
        if verdict.status >= 500 and verdict.status != 503:
            _log.error("request failed", exc_info=error)
        elif verdict.status == 503:
            _log.warning("the database is away", error=type(error).__name__)
        return Response(
            ProblemDetails(
                title=HTTPStatus(verdict.status).phrase,
                status=verdict.status,
                detail=verdict.detail,
                instance=request.scope["path"],
                errors=[FieldProblem(error.pointer, error.message) for error in verdict.errors],
            ),
            status_code=verdict.status,
            media_type=PROBLEM_MEDIA_TYPE,
            headers=verdict.headers,
        )

    return handle


def _judge(error: Exception, is_outage: Callable[[BaseException], bool]) -> _Verdict:
    if isinstance(error, JobyardError):
        return _judge_ours(error)
    if isinstance(error, HTTPException):
        return _judge_http(error)
    if is_outage(error):
        return _judge_ours(Unavailable(DETAIL_OF[503]))
    return _Verdict(500, DETAIL_OF[500])


def _judge_ours(error: JobyardError) -> _Verdict:
    status = next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 500)
    headers: dict[str, str] = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    elif isinstance(error, Conflict | TooMany | Unavailable) and error.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, ceil(error.retry_after_seconds)))
    return _Verdict(status, error.detail, headers, error.errors if isinstance(error, Invalid) else [])


def _judge_http(error: HTTPException) -> _Verdict:
    status = error.status_code
    if status >= 500 and str(error.detail).startswith("client disconnected"):
        return _Verdict(400, "The connection ended before the body did.")
    ours = isinstance(error, Malformed | UnsupportedMediaType)
    detail = error.detail if ours else DETAIL_OF.get(status, f"{HTTPStatus(status).phrase}.")
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() in {"allow", "retry-after"}}
    return _Verdict(status, detail, headers)


def _judge_parameters(error: ValidationException, query: Mapping[str, str]) -> _Verdict:
    """Litestar's own checks of path and query parameters; bodies are checked by StrictRequest."""
    errors: list[FieldError] = []
    for entry in cast("list[dict[str, str]]", error.extra or []):
        if entry.get("source") == "body":
            return _Verdict(400, "The body is empty; JSON is expected.")
        name, message = entry.get("key", ""), entry.get("message", "is not valid")
        errors.append(FieldError(f"?{name}", with_value(message, query[name]) if name in query else message))
    return _judge_ours(Invalid(errors)) if errors else _Verdict(400, "The request is malformed.")
