"""Why a job is not running now."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from jobyard.domain.errors import NotFound
from jobyard.domain.user import Viewer
from jobyard.services.waiting_reason import Reason, decide
from jobyard.web.app_ports import AppPorts


class AheadAnswer(msgspec.Struct, frozen=True):
    """How many jobs can be claimed before this one, each counted to 1,000; 0 where it does not stand in line."""

    mine: int
    all: Annotated[int | None, Meta(description="Anybody's; null where the server does not tell it.")]


class WhyAnswer(msgspec.Struct, frozen=True):
    """Why a job is not running now."""

    reason: Reason
    detail: Annotated[str, Meta(description="A sentence.")]
    ahead: AheadAnswer
    expected_start_at: Annotated[datetime | None, Meta(description="To 10 s; null where nobody knows.")]


@get("/jobs/{job_id:uuid}/why", opt={"problems": (404,)}, tags=["Jobs"], summary="Why a job is not running now")
async def why(viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts], job_id: FromPath[UUID]) -> WhyAnswer:
    facts = await ports.waiting.facts(viewer, job_id)
    if facts is None:
        raise NotFound(f"You have no job {job_id}.")
    waiting = decide(facts)
    told = viewer.is_admin or ports.options.show_queue_depth
    ahead = AheadAnswer(facts.ahead_mine, facts.ahead_all if told else None)
    return WhyAnswer(waiting.reason, waiting.detail, ahead, waiting.expected_start_at)


WHY_HANDLERS: list[HTTPRouteHandler] = [why]
