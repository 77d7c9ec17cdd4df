"""Changes of many jobs: at once, or, over 1,000, as an operation that can be looked at and stopped."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from jobyard.domain.operation import BulkVerb, Operation, OperationState
from jobyard.domain.user import Viewer
from jobyard.services.bulk_operations import Bulk
from jobyard.web.app_ports import AppPorts
from jobyard.web.bulk_bodies import BulkBody
from jobyard.web.job_structs import BulkAnswer

TAGS = ["Jobs"]

Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


class OperationAnswer(msgspec.Struct, frozen=True):
    """A change of many that goes on after the answer."""

    id: UUID
    verb: BulkVerb
    state: OperationState
    changed: int
    skipped: Annotated[int, Meta(description="Jobs that had changed meanwhile, or whose unique key is taken.")]
    created_at: datetime
    finished_at: datetime | None
    error: Annotated[str | None, Meta(description="Why it could not go on.")]

    @classmethod
    def of(cls, operation: Operation) -> "OperationAnswer":
        """The operation as it is told."""
        return cls(
            operation.id, operation.verb, operation.state, operation.changed, operation.skipped, operation.created_at,
            operation.finished_at, operation.error,
        )  # fmt: skip


class StartedAnswer(msgspec.Struct, frozen=True):
    """They are many: the server goes on with them, and tells how far it is at `Location`."""

    operation: OperationAnswer


MANY = {
    202: ResponseSpec(
        StartedAnswer,
        generate_examples=False,
        description="Over 1,000: `GET /operations/{id}` tells how far it is",
    )
}


async def _change(viewer: Viewer, ports: AppPorts, verb: BulkVerb, data: BulkBody) -> Response[BulkAnswer]:
    named = data.checked()
    if isinstance(named, list):
        done = await ports.bulk.change_ids(viewer, verb, named)
    else:
        done = await ports.bulk.change_matching(viewer, verb, named)
    if isinstance(done, Bulk):
        return Response(BulkAnswer(done.changed, done.skipped))
    started: Response[StartedAnswer] = Response(
        StartedAnswer(OperationAnswer.of(done)), status_code=202, headers={"Location": f"/operations/{done.id}"}
    )
    return started  # pyright: ignore[reportReturnType] - the other answer, which the document tells of


@post(
    "/jobs/retry",
    status_code=200,
    opt={"problems": (429,)},
    tags=TAGS,
    summary="Run several jobs again, or now",
    responses=MANY,
)
async def retry_many(viewer: Asker, ports: Ports, data: JSONBody[BulkBody]) -> Response[BulkAnswer]:
    """A filter names those alone that can be retried: failed, cancelled, retrying and scheduled ones."""
    return await _change(viewer, ports, BulkVerb.RETRY, data)


@post(
    "/jobs/cancel", status_code=200, opt={"problems": (429,)}, tags=TAGS, summary="Cancel several jobs", responses=MANY
)
async def cancel_many(viewer: Asker, ports: Ports, data: JSONBody[BulkBody]) -> Response[BulkAnswer]:
    """A filter names unfinished jobs alone."""
    return await _change(viewer, ports, BulkVerb.CANCEL, data)


@post(
    "/jobs/discard",
    status_code=200,
    opt={"problems": (429,)},
    tags=TAGS,
    summary="Forget several finished jobs",
    responses=MANY,
)
async def discard_many(viewer: Asker, ports: Ports, data: JSONBody[BulkBody]) -> Response[BulkAnswer]:
    """With their payloads, results, timelines and logs. A filter names finished jobs alone."""
    return await _change(viewer, ports, BulkVerb.DISCARD, data)


@get("/operations/{operation_id:uuid}", opt={"problems": (404,)}, tags=TAGS, summary="How far a change of many is")
async def get_operation(viewer: Asker, ports: Ports, operation_id: FromPath[UUID]) -> OperationAnswer:
    """It is kept for a week after its end."""
    return OperationAnswer.of(await ports.bulk.operation(viewer, operation_id))


@post(
    "/operations/{operation_id:uuid}/cancel",
    status_code=200,
    opt={"problems": (404, 409)},
    tags=TAGS,
    summary="Stop a change of many",
)
async def cancel_operation(viewer: Asker, ports: Ports, operation_id: FromPath[UUID]) -> OperationAnswer:
    """What it has done stays done."""
    return OperationAnswer.of(await ports.bulk.cancel(viewer, operation_id))


BULK_HANDLERS: list[HTTPRouteHandler] = [retry_many, cancel_many, discard_many, get_operation, cancel_operation]
