"""Answers OPTIONS with the methods that a path knows.

Litestar (2.25) makes such a handler for each path by itself; where a path's handlers are registered one after the other
it knows the methods of the first alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from litestar import Response, route
from litestar.enums import HttpMethod, MediaType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from jobyard.web.authentication import PUBLIC


def options_handlers(handlers: Sequence[BaseRouteHandler]) -> list[HTTPRouteHandler]:
    """One for each path of these handlers."""
    methods: dict[str, set[str]] = defaultdict(lambda: {"OPTIONS"})
    for handler in handlers:
        if isinstance(handler, HTTPRouteHandler):
            for path in handler.paths:
                methods[path] |= {str(method) for method in handler.http_methods}
    return [_options(path, known) for path, known in methods.items()]


def _options(path: str, methods: Iterable[str]) -> HTTPRouteHandler:
    allow = ", ".join(sorted(methods))

    @route(path, http_method=HttpMethod.OPTIONS, opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
    def options() -> Response[bytes]:
        return Response(b"", status_code=204, headers={"Allow": allow}, media_type=MediaType.TEXT)

    return options
