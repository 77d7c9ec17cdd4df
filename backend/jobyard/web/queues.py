"""The queues that jobs can name."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from msgspec import UNSET, Meta, UnsetType

from jobyard.domain.user import Viewer
from jobyard.ports import QueueDepth
from jobyard.web.app_ports import AppPorts
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, link_to_next, page_of

TAGS = ["Queues"]


class QueueAnswer(msgspec.Struct, frozen=True):
    """A queue. How full it is, is told to administrators."""

    name: str
    pending: Annotated[int | UnsetType, Meta(description="Everybody's jobs in line, counted to 100,000.")] = UNSET
    oldest_seconds: Annotated[
        float | UnsetType | None, Meta(description="For how long the first in line has waited.")
    ] = UNSET

    @classmethod
    def full(cls, name: str, depth: QueueDepth | None) -> "QueueAnswer":
        """A queue as administrators see it."""
        return cls(name, 0, None) if depth is None else cls(name, depth.pending, depth.oldest_seconds)


class QueuePage(msgspec.Struct, frozen=True):
    """Some queues."""

    items: list[QueueAnswer]
    next_cursor: str | None


@get("/queues", tags=TAGS, summary="The queues, by name")
async def list_queues(
    request: Request[Any, Any, Any],
    viewer: NamedDependency[Viewer],
    ports: NamedDependency[AppPorts],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[QueuePage]:
    names = await ports.queues.names(viewer)
    shown, next_cursor = page_of(names, lambda name: name, "queues", cursor, limit)
    if viewer.is_admin:
        depths = await ports.queues.depths(shown)
        items = [QueueAnswer.full(name, depths.get(name)) for name in shown]
    else:
        items = [QueueAnswer(name) for name in shown]
    return Response(QueuePage(items, next_cursor), headers=link_to_next(request, next_cursor))


QUEUE_HANDLERS: list[HTTPRouteHandler] = [list_queues]
