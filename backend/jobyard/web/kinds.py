"""The kinds of jobs that this server runs, for forms and for people."""

import re
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from jobyard.domain.errors import NotFound
from jobyard.domain.limits import NAME_PATTERN
from jobyard.handlers.registry import Kind
from jobyard.web.app_ports import AppPorts
from jobyard.web.job_structs import DefaultsAnswer, KindAnswer, KindPage
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, link_to_next, page_of

TAGS = ["Kinds"]


@get("/kinds", tags=TAGS, summary="The kinds of jobs, by name")
async def list_kinds(
    request: Request[Any, Any, Any],
    ports: NamedDependency[AppPorts],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[KindPage]:
    kinds, next_cursor = page_of(ports.registry.all(), lambda kind: kind.name, "kinds", cursor, limit)
    alive = await ports.job_store.kinds_alive()
    shown = KindPage([_answer(kind, alive.get(kind.name, 0)) for kind in kinds], next_cursor)
    return Response(shown, headers=link_to_next(request, next_cursor))


@get("/kinds/{kind:str}", opt={"problems": (404,)}, tags=TAGS, summary="One kind of job")
async def get_kind(ports: NamedDependency[AppPorts], kind: FromPath[str]) -> KindAnswer:
    found = ports.registry.get(kind) if re.fullmatch(NAME_PATTERN, kind) else None
    if found is None:
        raise NotFound("There is no such kind.")
    return _answer(found, (await ports.job_store.kinds_alive()).get(found.name, 0))


KIND_HANDLERS: list[HTTPRouteHandler] = [list_kinds, get_kind]


def _answer(kind: Kind, workers: int) -> KindAnswer:
    return KindAnswer(
        kind=kind.name,
        description=kind.description,
        payload_schema=dict(kind.payload_schema),
        defaults=DefaultsAnswer.of(kind.defaults),
        example=kind.example,
        audience=kind.audience.value,
        own=False,
        workers=workers,
    )
