"""Who may submit jobs of a kind, as an operator says by JOBYARD_KIND_AUDIENCES."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobyard.handlers.registry import Audience
from jobyard.kinds import build_kinds
from jobyard.settings import AUDIENCES, Settings
from tests.web.conftest import ORIGIN, SECRET
from tests.web.people import sign_up, sign_up_admin

SET = {"demo.echo": "admins", "demo.sleep": "verified", "demo.fail": "off"}
EXAMPLES: dict[str, Any] = {
    "demo.echo": {"value": 1},
    "demo.sleep": {"seconds": 0},
    "demo.fail": {"times": 1},
    "http.request": {"url": "https://example.org"},
}


def settings(**audiences: str) -> Settings:
    return Settings(
        production=True, database_url="", secret="", public_url="", kind_audiences={
            name.replace("_", "."): audience for name, audience in audiences.items()
        },
    )  # fmt: skip


def test_the_words_are_those_of_the_registry() -> None:
    assert set(AUDIENCES) == {audience.value for audience in Audience}


def test_an_audience_goes_over_the_default() -> None:
    kinds = build_kinds(settings(demo_echo="everyone", http_request="off"))
    audiences = {kind.name: kind.audience.value for kind in kinds.all()}
    assert (audiences["demo.echo"], audiences["http.request"]) == ("everyone", "off")
    assert audiences["demo.fail"] == "off"


@pytest.mark.parametrize(("command", "code"), [("serve", 2), ("worker", 2), ("doctor", 1)])
def test_a_kind_that_is_not_there_stops_the_start(command: str, code: int) -> None:
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2] / "backend"),
        "JOBYARD_DATABASE_URL": "postgresql://jobyard@127.0.0.1:1/jobyard",
        "JOBYARD_SECRET": SECRET,
        "JOBYARD_PUBLIC_URL": ORIGIN,
        "JOBYARD_KIND_AUDIENCES": "http.requests=off",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "jobyard", command], env=given, capture_output=True, text=True, timeout=60, check=False
    )
    told = ended.stdout + ended.stderr
    assert ended.returncode == code, told
    rule = "JOBYARD_KIND_AUDIENCES must name kinds of this server (demo.echo, demo.fail, demo.sleep, http.request)"
    assert f"{rule}, not 'http.requests'" in told
    assert "Traceback" not in told


async def test_a_kind_is_for_its_audience(make_client: Any, database: Any) -> None:
    client: httpx.AsyncClient = await make_client(demo_kinds=True, kind_audiences=SET)
    ann, bob = await sign_up(client, "ann"), await sign_up(client, "bob")
    root = await sign_up_admin(client, database, "root")
    await database.execute("UPDATE users SET email_verified = true WHERE id = $1", bob.id)
    listed = {kind["kind"]: kind["audience"] for kind in (await ann.get("/kinds")).json()["items"]}
    assert listed == SET | {"http.request": "everyone"}
    assert (await ann.get("/kinds/demo.fail")).json()["audience"] == "off"
    expected = (
        (ann, {"demo.echo": 403, "demo.sleep": 403, "demo.fail": 422, "http.request": 201}),
        (bob, {"demo.echo": 403, "demo.sleep": 201, "demo.fail": 422, "http.request": 201}),
        (root, {"demo.echo": 201, "demo.sleep": 201, "demo.fail": 422, "http.request": 201}),
    )
    for person, answers in expected:
        for kind, status in answers.items():
            job = {"kind": kind, "payload": EXAMPLES[kind]}
            one = await person.post("/jobs", job)
            assert one.status_code == status, (person.email, kind, one.text)
            assert (await person.post("/jobs/batch", {"jobs": [job]})).status_code == status
    refused = (await ann.post("/jobs", {"kind": "demo.sleep", "payload": {"seconds": 0}})).json()
    assert refused["detail"] == "Jobs of kind demo.sleep are for users whose email address is verified on this server."
    off = (await root.post("/jobs", {"kind": "demo.fail", "payload": {"times": 1}})).json()
    assert off["errors"] == [{"pointer": "/kind", "message": "is turned off on this server: 'demo.fail'"}]
    kinds = "SELECT array_agg(DISTINCT kind) FROM live_jobs WHERE owner_id = (SELECT key FROM users WHERE id = $1)"
    assert await database.fetchval(kinds, ann.id) == ["http.request"]
