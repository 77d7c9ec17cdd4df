"""Jobs: read one, change several. Another user's job is not there (404)."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from jobyard.domain.audit import AuditAction, AuditEntry, Target
from jobyard.domain.errors import Forbidden, NotFound
from jobyard.domain.user import Scope, Viewer
from jobyard.services.job_control import JobControl
from jobyard.web.app_ports import AppPorts
from jobyard.web.job_changes import CHANGE_HANDLERS
from jobyard.web.job_structs import JobAnswer
from jobyard.web.job_submit import SUBMIT_HANDLERS
from jobyard.web.job_why import WHY_HANDLERS

TAGS = ["Jobs"]

AnyRequest = Request[Any, Any, Any]
Control = NamedDependency[JobControl]
Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


@get("/jobs/{job_id:uuid}", opt={"problems": (403, 404)}, tags=TAGS, summary="One job")
async def get_job(
    viewer: Asker,
    ports: Ports,
    job_id: FromPath[UUID],
    reveal: Annotated[
        bool, QueryParameter(description="Show secret fields of the payload. It is written into the audit trail.")
    ] = False,
) -> JobAnswer:
    """Secret fields of the payload are `***`: of `http.request`, the headers that name a secret."""
    job = _found(await ports.job_store.get(viewer, job_id, reveal=reveal), job_id)
    if reveal:
        if viewer.api_key is not None and not viewer.api_key.scopes & {Scope.JOBS_WRITE, Scope.ADMIN}:
            raise Forbidden(f"This API key may not reveal secrets: it needs the scope {Scope.JOBS_WRITE}.")
        await ports.audit.record(AuditEntry.by(viewer, AuditAction.SECRET_REVEALED, Target("job", job_id)))
    return JobAnswer.of(job)


JOB_HANDLERS: list[HTTPRouteHandler] = [
    get_job, *SUBMIT_HANDLERS, *CHANGE_HANDLERS, *WHY_HANDLERS,
]  # fmt: skip


def _found(thing: Any, job_id: UUID) -> Any:
    if thing is None:
        raise NotFound(f"You have no job {job_id}.")
    return thing
