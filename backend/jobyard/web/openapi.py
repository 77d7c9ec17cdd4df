"""The OpenAPI document, and a page that shows it without help from any other host."""

import gzip
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute
from litestar.types import Method

from jobyard import __version__
from jobyard.web.authentication import PUBLIC
from jobyard.web.job_bodies import REQUEST_BODIES
from jobyard.web.problems import PROBLEM_MEDIA_TYPE, ProblemDetails

DESCRIPTION = """The job queue your users can log in to.

Sign in with `POST /login`, and send the access token as `Authorization: Bearer …`. Every error is
`application/problem+json` (RFC 9457); every answer carries `X-Request-Id`. Live updates come over the WebSocket
`/ws/jobs`.
"""

PROBLEMS = {
    400: "The body is not JSON",
    401: "No or bad credentials",
    403: "Known, but not allowed",
    404: "Not there, or not yours",
    409: "The state forbids it",
    413: "The body is too large",
    415: "The body is not declared to be JSON",
    422: "Well-formed, but not valid: `errors` names each field",
    429: "Over a limit; `Retry-After` tells how long to wait",
    503: "The database is away; `Retry-After` tells how long to wait",
}


def make_document(handlers: Sequence[BaseRouteHandler]) -> dict[str, Any]:
    """The document of these handlers.

    A handler's `opt={"problems": (404, 409)}` names the errors of its own; those that go without saying (no token, a
    wrong body, an unknown query parameter, no database) are added here.
    """
    app = Litestar(
        handlers,
        dependencies={name: _nothing() for name in ("ports", "viewer", "control", "submits", "live")},
        openapi_config=OpenAPIConfig(
            title="Jobyard",
            version=__version__,
            description=DESCRIPTION,
            components=Components(
                security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
            ),
            operation_id_creator=_operation_id,
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
    document = app.openapi_schema.to_schema()
    # msgspec tells the bounds of our bodies, which Litestar leaves out.
    _, schemas = msgspec.json.schema_components(
        [ProblemDetails, *REQUEST_BODIES], ref_template="#/components/schemas/{name}"
    )
    document["components"].setdefault("schemas", {}).update(schemas)
    document["components"]["responses"] = {"Problem": _problem("Any other error")}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            _finish_route(document["paths"].get(route.path_format), route)
    return document


def _finish_route(operations: dict[str, Any] | None, route: HTTPRoute) -> None:
    for handler in route.route_handlers if operations else ():
        for method in handler.http_methods:
            operation = operations.get(method.lower()) if operations else None
            if operation is not None:
                _finish(operation, handler.opt)


def _finish(operation: dict[str, Any], opt: Mapping[str, Any]) -> None:
    statuses = {422, 503, *opt.get("problems", ())}
    if not opt.get("public"):
        statuses.add(401)
        operation["security"] = [{"bearer": []}]
    if "requestBody" in operation:
        statuses |= {400, 413, 415}
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses.add(404)
    answers = {status: answer for status, answer in operation["responses"].items() if status < "400"}
    errors = {str(status): _problem(PROBLEMS[status]) for status in sorted(statuses)}
    operation["responses"] = answers | errors | {"default": {"$ref": "#/components/responses/Problem"}}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {"description": description, "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}}}


def _operation_id(handler: HTTPRouteHandler, _: Method, __: list[Any]) -> str:
    return handler.fn.__name__


def _nothing() -> Provide:
    """A dependency that is never called; Litestar wants a function of its own for each."""

    async def provide() -> Any:
        raise NotImplementedError

    return Provide(provide)


# Serving it ---------------------------------------------------------------------------------------------------------
def document_handlers(handlers: Sequence[BaseRouteHandler]) -> list[HTTPRouteHandler]:
    """`/openapi.json` for these handlers, and the page `/docs` that shows it."""

    @lru_cache(maxsize=1)
    def document() -> bytes:
        return msgspec.json.encode(make_document(handlers))

    @get("/openapi.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
    def openapi_json() -> Response[bytes]:
        return Response(document(), media_type=MediaType.JSON)

    return [openapi_json, *(_file(path, name, media) for path, name, media in _FILES)]


_FILES = (
    ("/docs", "index.html", "text/html"),
    ("/docs/start.js", "start.js", "text/javascript"),
    ("/docs/swagger-ui-bundle.js", "swagger-ui-bundle.js.gz", "text/javascript"),
    ("/docs/swagger-ui.css", "swagger-ui.css.gz", "text/css"),
)


def _file(path: str, name: str, media_type: str) -> HTTPRouteHandler:
    @get(path, opt=PUBLIC, include_in_schema=False, sync_to_thread=True)
    def serve_file(request: Request[Any, Any, Any]) -> Response[bytes]:
        content = (files("jobyard") / "data" / "swagger-ui" / name).read_bytes()
        if not name.endswith(".gz"):
            return Response(content, media_type=media_type)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                content, media_type=media_type, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            )
        return Response(gzip.decompress(content), media_type=media_type, headers={"Vary": "Accept-Encoding"})

    return serve_file
