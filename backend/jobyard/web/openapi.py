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
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.routes import HTTPRoute
from litestar.types import Method

from jobyard import __version__
from jobyard.domain.user import Role, Scope
from jobyard.web.access import Access, access_of
from jobyard.web.authentication import PUBLIC
from jobyard.web.openapi_examples import Schemas, example_of
from jobyard.web.problems import PROBLEM_MEDIA_TYPE, ProblemDetails

DESCRIPTION = """The job queue your users can log in to.

Sign in with `POST /login`, and send the access token as `Authorization: Bearer …`, or an API key in its place. Every
error is `application/problem+json` (RFC 9457); every answer carries `X-Request-Id`. Live updates come over the
WebSocket `/ws/jobs`.
"""

SECURITY_SCHEMES: dict[str, SecurityScheme | Reference] = {
    "bearer": SecurityScheme(
        type="http",
        scheme="bearer",
        bearer_format="JWT",
        description="The access token of `POST /login`, good for 15 minutes. Where a role stands with it, its user has "
        "that role.",
    ),
    "api_key": SecurityScheme(
        type="http",
        scheme="bearer",
        bearer_format="jy_…",
        description="An API key of `POST /api-keys`, with the scope that stands with it.",
    ),
}

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

_RETRY_AFTER = {
    "Retry-After": {"required": True, "description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
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
            components=Components(security_schemes=SECURITY_SCHEMES),
            operation_id_creator=_operation_id,
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
    document = app.openapi_schema.to_schema()
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    # msgspec tells the bounds of our bodies, and that they take no other field, which Litestar leaves out.
    _, schemas = msgspec.json.schema_components(
        [ProblemDetails, *_bodies(routes)], ref_template="#/components/schemas/{name}"
    )
    document["components"].setdefault("schemas", {}).update(schemas)
    document["components"]["responses"] = {"Problem": _problem("Any other error")}
    for route in routes:
        _finish_route(document["paths"].get(route.path_format, {}), route, document["components"]["schemas"])
    return document


def _bodies(routes: Sequence[HTTPRoute]) -> list[Any]:
    """The types of all bodies, each once."""
    declared = [handler.parsed_data_field for route in routes for handler in route.route_handlers]
    return list(dict.fromkeys(field.annotation for field in declared if field is not None))


def _finish_route(operations: dict[str, Any], route: HTTPRoute, schemas: Schemas) -> None:
    for handler in route.route_handlers:
        for method in handler.http_methods:
            operation = operations.get(method.lower())
            if operation is not None:
                _finish(operation, handler.opt, access_of(method, route.path_format))
                _show(operation, schemas)


def _finish(operation: dict[str, Any], opt: Mapping[str, Any], access: Access | None) -> None:
    """Who may call it, and what it may answer."""
    statuses = {422, 503, *opt.get("problems", ())}
    if not opt.get("public"):
        statuses |= {401, 403}  # 403: a key without the scope, and where addresses must be confirmed
        operation["security"] = _security(access or Access())
    if "requestBody" in operation:
        statuses |= {400, 413, 415}
        operation["requestBody"]["required"] = not opt.get("body_may_be_empty")
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses.add(404)
    answers = {status: _said(answer) for status, answer in operation["responses"].items() if status < "400"}
    errors = {str(status): _problem(PROBLEMS[status], HEADERS.get(status)) for status in sorted(statuses)}
    operation["responses"] = answers | errors | {"default": {"$ref": "#/components/responses/Problem"}}


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer of ours without the `null` that Litestar takes for its body where there is none."""
    bodies = [media.get("schema") for media in answer.get("content", {}).values()]
    return {name: part for name, part in answer.items() if name != "content" or bodies != [{"type": "null"}]}


def _security(access: Access) -> list[dict[str, list[str]]]:
    """One of these must hold. OpenAPI 3.1 lets roles and scopes stand with any scheme."""
    roles = [str(Role.ADMIN)] if access.admin else []
    return [{"bearer": roles}, *({"api_key": [str(scope)]} for scope in Scope if scope in access.scopes)]


def _show(operation: dict[str, Any], schemas: Schemas) -> None:
    """Examples of what is sent and of what is answered."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = example_of(parameter["schema"], schemas, parameter["name"])
    answers = [answer for status, answer in operation["responses"].items() if status < "400"]
    for shown in (operation.get("requestBody", {}), *answers):
        for media in shown.get("content", {}).values():
            if media.get("schema"):
                media["example"] = example_of(media["schema"], schemas)


def _problem(description: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    told = {"headers": headers} if headers else {}
    return {"description": description, **told, "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}}}


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
