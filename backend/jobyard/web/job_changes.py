"""Changing jobs: edit, retry, cancel, delete. Another user's job is not there (404)."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import delete, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from jobyard.domain.user import Viewer
from jobyard.services.job_control import JobControl
from jobyard.web.job_bodies import EditBody
from jobyard.web.job_structs import JobAnswer

TAGS = ["Jobs"]

Control = NamedDependency[JobControl]
Asker = NamedDependency[Viewer]


@patch("/jobs/{job_id:uuid}", opt={"problems": (404, 409)}, tags=TAGS, summary="Change a job that waits")
async def edit_job(viewer: Asker, control: Control, job_id: FromPath[UUID], data: JSONBody[EditBody]) -> JobAnswer:
    """For a scheduled, pending or retrying job; what is not sent stays as it is."""
    return JobAnswer.of(await control.edit(viewer, job_id, data.edit(), datetime.now(UTC)))


@delete("/jobs/{job_id:uuid}", opt={"problems": (404, 409)}, tags=TAGS, summary="Forget a finished job")
async def delete_job(viewer: Asker, control: Control, job_id: FromPath[UUID]) -> None:
    """With its payload, result, timeline and logs."""
    await control.discard(viewer, job_id)


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


CHANGE_HANDLERS: list[HTTPRouteHandler] = [edit_job, delete_job, retry, cancel]
