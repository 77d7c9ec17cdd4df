"""Requests are read strictly: a misspelt option is never ignored, a number in quotes is not a number."""

import gc
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import ParamType
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg
from litestar.utils.signature import ParsedSignature

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.handlers.registry import field_error
from jobyard.web.envelope import LEAVE
from jobyard.web.every_error import every_error
from jobyard.web.large_bodies import LARGE_BYTES
from jobyard.web.problems import Malformed, UnsupportedMediaType
from jobyard.web.twin_keys import refuse_twin_keys, refuse_twin_keys_of_batch

OUTLINE_FROM_BYTES = 256 * 1024
"""A batch of more than this is looked at before it is decoded (batch_size.py)."""

CheckSize = Callable[[bytes, Limits], None]


class StrictRequest(Request[Viewer, None, State]):
    """Decodes a body straight into the type that the handler declares, without any coercion.

    (Litestar decodes it first and converts it then, with `strict=False`: "5" would pass for 5.)
    """

    async def json(self) -> Any:
        """The body as the handler's type. Raises Malformed (400), UnsupportedMediaType (415) or Invalid (422)."""
        content_type = self.content_type[0].lower()
        body = await self.body()
        if not body and self.route_handler.opt.get("body_may_be_empty"):
            content_type, body = "application/json", b"{}"
        if content_type != "application/json":
            raise UnsupportedMediaType(f"Content-Type must be application/json, not {content_type or 'absent'!r}.")
        declared = self.route_handler.parsed_data_field
        check_size = self.route_handler.opt.get("check_size")
        if len(body) > LARGE_BYTES:
            self.scope["state"][LEAVE] = await self.app.state.large_bodies.enter()  # envelope.py calls it
        return decode_body(body, declared.annotation if declared else Any, check_size, self.app.state.limits)


def decode_body(body: bytes, wanted: Any, check_size: CheckSize | None = None, limits: Limits | None = None) -> Any:
    """Decode a JSON body into a type, with errors that point at each wrong field.

    `check_size` looks at a large batch first, for what must not even be decoded (`opt={"check_size": …}` of a handler).
    """
    try:
        if check_size is not None and len(body) > OUTLINE_FROM_BYTES:
            check_size(body, limits or Limits())
            with _without_collector():
                value = _decode(body, wanted)
            refuse_twin_keys_of_batch(body)
        else:
            value = _decode(body, wanted)
            refuse_twin_keys(body)
    except UnicodeDecodeError as error:
        raise Malformed("The body is not JSON: it is not UTF-8.") from error
    except msgspec.DecodeError as error:
        raise Malformed(f"The body is not JSON: {str(error).removeprefix('JSON is malformed: ')}.") from error
    except RecursionError as error:
        raise Invalid([FieldError("", "is nested too deeply")]) from error
    return value


def _decode(body: bytes, wanted: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        # The decoder stopped at the first wrong value: what follows may not even be JSON, and that is told first.
        raise Invalid(every_error(body, wanted) or [field_error(str(error), "")]) from error


@contextmanager
def _without_collector() -> Generator[None]:
    """The cycle collector looks at every new object again and again, which makes 1 s of decoding 16 MiB into 4 s."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def refuse_unknown_query(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: a query parameter that the handler does not know, or that stands twice, is a 422."""
    if not connection.scope["query_string"]:
        return
    known = _known_query(handler)
    wrong: list[FieldError] = []
    for name, times in sorted(Counter([name for name, _ in connection.query_params.multi_items()]).items()):
        if name not in known:
            wrong.append(FieldError(f"?{name[:64]}", "is not a known parameter"))
        elif times > 1 and not known[name]:
            wrong.append(FieldError(f"?{name}", f"must be given once, was given {times} times"))
    if wrong:
        raise Invalid(wrong)


@lru_cache(maxsize=1024)
def _known_query(handler: BaseRouteHandler) -> dict[str, bool]:
    """Each parameter, and whether it may be repeated."""
    return _query_names(handler.parsed_fn_signature, handler.resolve_dependencies())


def _query_names(signature: ParsedSignature, dependencies: Mapping[str, Provide]) -> dict[str, bool]:
    names: dict[str, bool] = {}
    for name, parameter in signature.parameters.items():
        definition = parameter.kwarg_definition
        if name in dependencies:  # first: Litestar also describes a dependency as a query parameter of its name
            names |= _query_names(dependencies[name].parsed_fn_signature, dependencies)
        elif isinstance(definition, ParameterKwarg) and definition.param_type is ParamType.QUERY:
            values = [parameter, *(parameter.inner_types if parameter.is_optional else ())]
            names[definition.query or definition.name or name] = any(one.is_non_string_collection for one in values)
    return names
