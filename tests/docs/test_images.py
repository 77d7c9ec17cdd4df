"""The images, and the containers that compose makes of them: nobody is root, nothing can be written, nothing is gained.

By what the files say: building an image needs a Docker, which is asked for in CI (.github/workflows) alone.
"""

import re
from typing import Any

import pytest
import yaml

from tests.docs.pages import page

COMPOSE: dict[str, Any] = yaml.safe_load(page("docker-compose.yml"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STAGES: dict[str, str] = {
    found[1]: text
    for text in re.split(r"(?m)^(?=FROM )", page("deploy/Dockerfile"))
    if (found := re.match(r"FROM \S+ AS (\w+)", text))
}
MAY = {"caddy": ["NET_BIND_SERVICE"]}
"""Ports under 1024 for who is not root."""


def test_all_services_are_looked_at() -> None:
    assert set(SERVICES) >= {"postgres", "migrate", "api", "worker", "caddy"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_write_nothing_and_gain_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == MAY.get(name, [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.keys() & {"privileged", "pid", "network_mode", "devices"}
    assert not [volume for volume in service.get("volumes", []) if str(volume).startswith(("/", "."))]


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        assert service["user"] not in {"root", "0"}
        return
    assert service.get("user", "1") not in {"root", "0"}
    users = re.findall(r"(?m)^USER (\S+)", STAGES[service["build"]["target"]])
    assert users
    assert int(users[-1].partition(":")[0]) > 0


def test_ci_builds_the_images() -> None:
    jobs: dict[str, Any] = yaml.safe_load(page(".github/workflows/ci.yml"))["jobs"]
    assert "docker compose build" in [step.get("run") for job in jobs.values() for step in job["steps"]]
