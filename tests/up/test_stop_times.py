"""Whoever ends the API by force waits until it has ended by itself what hung in it."""

import re

import pytest

from jobyard.serving import KILL_MARGIN_SECONDS, PARENT_MARGIN_SECONDS
from jobyard.stop_limit import END_SECONDS, IN_C_SECONDS
from jobyard.up.parts import server_parts
from jobyard.up.plan import REPOSITORY, make_plan

COMPOSE = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("grace", ["0", "5", "300"])
def test_up_gives_the_api_longer_than_it_may_take_to_end(grace: str) -> None:
    plan = make_plan({"JOBYARD_SHUTDOWN_GRACE_SECONDS": grace}, dev=False)
    parts = server_parts(plan, plan.environment(database_url="postgresql://x", secret="s" * 64))
    api = next(part for part in parts if part.name == "api")
    assert api.stop_seconds > int(grace) + PARENT_MARGIN_SECONDS


@pytest.mark.parametrize("service", ["api", "worker"])
def test_compose_does_too(service: str) -> None:
    grace = re.search(r'JOBYARD_SHUTDOWN_GRACE_SECONDS: "(\d+)"', COMPOSE)
    stop = re.search(rf"^  {service}:\n(?:    .*\n)*?    stop_grace_period: (\d+)s", COMPOSE, re.MULTILINE)
    assert grace is not None
    assert stop is not None
    assert int(stop[1]) > int(grace[1]) + PARENT_MARGIN_SECONDS


def test_a_child_ends_itself_before_granian_does_and_the_parent_last() -> None:
    assert END_SECONDS + IN_C_SECONDS < KILL_MARGIN_SECONDS < PARENT_MARGIN_SECONDS
