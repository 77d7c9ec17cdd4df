"""Jobs: read one, change several. Another user's job is not there (404)."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from jobyard.domain.errors import NotFound
from jobyard.domain.user import Viewer
from jobyard.services.job_control import JobControl
from jobyard.web.app_ports import AppPorts
from jobyard.web.job_changes import CHANGE_HANDLERS
from jobyard.web.job_structs import JobAnswer
from jobyard.web.job_submit import SUBMIT_HANDLERS

TAGS = ["Jobs"]

AnyRequest = Request[Any, Any, Any]
Control = NamedDependency[JobControl]
Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


@get("/jobs/{job_id:uuid}", opt={"problems": (404,)}, tags=TAGS, summary="One job")
async def get_job(viewer: Asker, ports: Ports, job_id: FromPath[UUID]) -> JobAnswer:
    return JobAnswer.of(_found(await ports.job_store.get(viewer, job_id), job_id))


JOB_HANDLERS: list[HTTPRouteHandler] = [
    get_job, *SUBMIT_HANDLERS, *CHANGE_HANDLERS,
]  # fmt: skip


def _found(thing: Any, job_id: UUID) -> Any:
    if thing is None:
        raise NotFound(f"You have no job {job_id}.")
    return thing
