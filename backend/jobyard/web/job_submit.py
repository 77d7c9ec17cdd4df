"""Submitting jobs: one, a batch, a copy."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from jobyard.domain.user import Viewer
from jobyard.services.job_submit import JobSubmits, SubmittedJob, Written
from jobyard.web.batch_size import check_batch_size
from jobyard.web.idempotency import KeyHeader, again, answer_written, keyed_call
from jobyard.web.job_bodies import BatchBody, CopyBody, SubmitBody
from jobyard.web.job_structs import BatchAnswer, JobAnswer

TAGS = ["Jobs"]

AnyRequest = Request[Any, Any, Any]
Asker = NamedDependency[Viewer]
Submits = NamedDependency[JobSubmits]


@post(
    "/jobs",
    opt={"problems": (403, 409, 413, 429)},
    responses=again(JobAnswer, "An unfinished job with its unique key stands for it. Or: "),
    tags=TAGS,
    summary="Submit a job",
)
async def submit(
    request: AnyRequest,
    viewer: Asker,
    submits: Submits,
    data: JSONBody[SubmitBody],
    key: KeyHeader = None,
) -> Response[JobAnswer]:
    """It is durable before it is answered. 200 where an unfinished job with its unique key stands for it."""
    keyed = await keyed_call(request, key, submits.limits)
    return _answer(await submits.submit(viewer, data.request(), datetime.now(UTC), keyed))


@post(
    "/jobs/{job_id:uuid}/copy",
    opt={"problems": (403, 404, 409, 413, 429), "body_may_be_empty": True},
    responses=again(JobAnswer, "An unfinished job with its unique key stands for it. Or: "),
    tags=TAGS,
    summary="Submit a job like this one, with changes",
)
async def copy(
    request: AnyRequest,
    viewer: Asker,
    submits: Submits,
    job_id: FromPath[UUID],
    data: JSONBody[CopyBody | None] = None,
    key: KeyHeader = None,
) -> Response[JobAnswer]:
    """Its time, its unique key and the jobs that it waited for are not copied."""
    keyed = await keyed_call(request, key, submits.limits)
    return _answer(await submits.copy(viewer, job_id, (data or CopyBody()).change, datetime.now(UTC), keyed))


@post(
    "/jobs/batch",
    opt={"problems": (403, 409, 413, 429), "check_size": check_batch_size},
    responses=again(BatchAnswer),
    tags=TAGS,
    summary="Submit up to 1,000 jobs: all or none",
)
async def submit_batch(
    request: AnyRequest, viewer: Asker, submits: Submits, data: JSONBody[BatchBody], key: KeyHeader = None
) -> Response[BatchAnswer]:
    """`on_complete` is submitted once, when the last of the jobs has ended, however it did."""
    keyed = await keyed_call(request, key, submits.limits)
    requests = [job.request() for job in data.jobs]
    end = None if data.on_complete is None else data.on_complete.request()
    done = await submits.submit_batch(viewer, requests, datetime.now(UTC), end, keyed)
    if isinstance(done, Written):
        return answer_written(done, 201)
    return Response(BatchAnswer(done.ids, done.batch_id), status_code=201)


SUBMIT_HANDLERS: list[HTTPRouteHandler] = [submit, copy, submit_batch]


def _answer(done: SubmittedJob | Written) -> Response[JobAnswer]:
    if isinstance(done, Written):
        return answer_written(done, 200 if done.job_id is None else 201)
    status, headers = (201, {"Location": f"/jobs/{done.job.id}"}) if done.created else (200, {})
    return Response(JobAnswer.submitted(done), status_code=status, headers=headers)
