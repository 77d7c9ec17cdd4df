"""Jobs: submit, list, count, read, retry, cancel. Another user's job is not there (404)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from jobyard.domain.errors import FieldError, Invalid, NotFound
from jobyard.domain.limits import Limits
from jobyard.domain.user import Viewer
from jobyard.services.job_control import Bulk, JobControl
from jobyard.web.app_ports import AppPorts
from jobyard.web.batch_size import check_batch_size
from jobyard.web.job_structs import (
    AttemptAnswer,
    AttemptPage,
    BatchAnswer,
    BatchBody,
    BulkAnswer,
    IdsBody,
    JobAnswer,
    SubmitBody,
)
from jobyard.web.paging import (
    DEFAULT_LIMIT,
    Limit,
    PageCursor,
    link_to_next,
    page_of,
)

TAGS = ["Jobs"]

AnyRequest = Request[Any, Any, Any]
Control = NamedDependency[JobControl]
Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


@post("/jobs", opt={"problems": (403, 409, 413, 429)}, tags=TAGS, summary="Submit a job")
async def submit(viewer: Asker, control: Control, data: JSONBody[SubmitBody]) -> Response[JobAnswer]:
    """It is durable before it is answered. 200 where an unfinished job with its unique key stands for it."""
    submitted = await control.submit(viewer, data.request(), datetime.now(UTC))
    status, headers = (201, {"Location": f"/jobs/{submitted.job.id}"}) if submitted.created else (200, {})
    return Response(JobAnswer.submitted(submitted), status_code=status, headers=headers)


@post(
    "/jobs/batch",
    opt={"problems": (403, 409, 413, 429), "check_size": check_batch_size},
    request_max_body_size=Limits().batch_body_bytes,
    tags=TAGS,
    summary="Submit up to 1,000 jobs: all or none",
)
async def submit_batch(viewer: Asker, control: Control, data: JSONBody[BatchBody]) -> BatchAnswer:
    requests = [job.request() for job in data.jobs]
    batch_id, ids = await control.submit_batch(viewer, requests, datetime.now(UTC))
    return BatchAnswer(ids, batch_id)


@get("/jobs/{job_id:uuid}", opt={"problems": (404,)}, tags=TAGS, summary="One job")
async def get_job(viewer: Asker, ports: Ports, job_id: FromPath[UUID]) -> JobAnswer:
    return JobAnswer.of(_found(await ports.job_store.get(viewer, job_id), job_id))


@get("/jobs/{job_id:uuid}/attempts", opt={"problems": (404,)}, tags=TAGS, summary="The runs of a job, oldest first")
async def list_attempts(
    request: AnyRequest,
    viewer: Asker,
    ports: Ports,
    job_id: FromPath[UUID],
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[AttemptPage]:
    attempts = _found(await ports.job_store.attempts(viewer, job_id), job_id)
    shown, next_cursor = page_of(attempts, lambda attempt: str(attempt.run), f"attempts of {job_id}", cursor, limit)
    answer = AttemptPage([AttemptAnswer.of(attempt) for attempt in shown], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


@post(
    "/jobs/{job_id:uuid}/retry",
    status_code=200,
    opt={"problems": (404, 409)},
    tags=TAGS,
    summary="Run a job again, or now",
)
async def retry(viewer: Asker, control: Control, job_id: FromPath[UUID]) -> JobAnswer:
    return JobAnswer.of(await control.retry(viewer, job_id))


@post("/jobs/{job_id:uuid}/cancel", status_code=200, opt={"problems": (404, 409)}, tags=TAGS, summary="Cancel a job")
async def cancel(viewer: Asker, control: Control, job_id: FromPath[UUID]) -> JobAnswer:
    """At once where it waits; where it runs, its handler is asked to stop first (`cancel_requested`)."""
    return JobAnswer.of(await control.cancel(viewer, job_id))


@post("/jobs/retry", status_code=200, tags=TAGS, summary="Run several jobs again, or now")
async def retry_many(viewer: Asker, control: Control, ports: Ports, data: JSONBody[IdsBody]) -> BulkAnswer:
    return _bulk(await control.retry_many(viewer, _checked_ids(data.ids, ports.options.limits)))


@post("/jobs/cancel", status_code=200, tags=TAGS, summary="Cancel several jobs")
async def cancel_many(viewer: Asker, control: Control, ports: Ports, data: JSONBody[IdsBody]) -> BulkAnswer:
    return _bulk(await control.cancel_many(viewer, _checked_ids(data.ids, ports.options.limits)))


JOB_HANDLERS: list[HTTPRouteHandler] = [
    submit, submit_batch, get_job, list_attempts, retry, cancel, retry_many, cancel_many,
]  # fmt: skip


def _found(thing: Any, job_id: UUID) -> Any:
    if thing is None:
        raise NotFound(f"You have no job {job_id}.")
    return thing


def _checked_ids(ids: list[UUID], limits: Limits) -> list[UUID]:
    if not 1 <= len(ids) <= limits.batch_jobs:
        raise Invalid([FieldError("/ids", f"must be from 1 to {limits.batch_jobs}, not {len(ids)}")])
    return ids


def _bulk(bulk: Bulk) -> BulkAnswer:
    return BulkAnswer(bulk.changed, bulk.skipped)
