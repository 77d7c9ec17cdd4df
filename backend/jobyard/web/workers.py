"""Workers, for administrators: who is alive, and what each runs."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from jobyard.ports import LiveWorker, RunningJob
from jobyard.web.app_ports import AppPorts
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, decode_number, encode_number, link_to_next

TAGS = ["Operators"]
LIST = "workers"


class RunningJobAnswer(msgspec.Struct):
    """A job that a worker holds."""

    id: UUID
    kind: str
    owner_id: UUID
    started_at: datetime

    @classmethod
    def of(cls, job: RunningJob) -> "RunningJobAnswer":
        return cls(job.id, job.kind, job.owner_id, job.started_at)


class WorkerAnswer(msgspec.Struct):
    """A process that claims jobs. `running` is as of `beat_at`, its last heartbeat."""

    id: str
    name: str
    over_http: bool
    kinds: list[str]
    slots: int
    started_at: datetime
    beat_at: datetime
    running: list[RunningJobAnswer]

    @classmethod
    def of(cls, worker: LiveWorker) -> "WorkerAnswer":
        return cls(
            str(worker.id),
            worker.name,
            worker.over_http,
            list(worker.kinds),
            worker.slots,
            worker.started_at,
            worker.beat_at,
            [RunningJobAnswer.of(job) for job in worker.running],
        )


class WorkerPage(msgspec.Struct):
    """Some workers, newest first."""

    items: list[WorkerAnswer]
    next_cursor: str | None


@get("/workers", opt={"problems": (403,)}, tags=TAGS, summary="Workers that are alive, and what each runs")
async def list_workers(
    request: Request[Any, Any, Any],
    ports: NamedDependency[AppPorts],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[WorkerPage]:
    """For administrators."""
    page = await ports.workers.page(decode_number(LIST, cursor), limit)
    next_cursor = encode_number(LIST, page.next_before)
    answer = WorkerPage([WorkerAnswer.of(worker) for worker in page.items], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


WORKER_HANDLERS: list[HTTPRouteHandler] = [list_workers]
