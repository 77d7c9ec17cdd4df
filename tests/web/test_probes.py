import os
import subprocess
import sys
from typing import Any

import httpx
from prometheus_client import CollectorRegistry

from jobyard.metrics_server import Heard, Processes
from jobyard.postgres import migrations


async def test_healthz_asks_nobody(make_client: Any) -> None:
    client = await make_client(database_url="postgresql://jobyard@127.0.0.1:1/jobyard")
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_readyz(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": ["database", "migrations"]})


async def test_an_old_database_is_not_ready(client: httpx.AsyncClient, database: Any) -> None:
    await database.execute("UPDATE alembic_versions SET version_num = '0001_accounts'")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert f"migrations: the database is at 0001_accounts, this release needs {migrations.REQUIRED}" in answer.text
    assert "database: " not in answer.text
    await database.execute("DELETE FROM alembic_versions")
    assert "the database is at nothing" in (await client.get("/readyz")).text
    await database.execute("DROP TABLE alembic_versions")
    assert "the database is empty" in (await client.get("/readyz")).text


async def test_a_newer_database_is_ready(client: httpx.AsyncClient, database: Any) -> None:
    await database.execute("UPDATE alembic_versions SET version_num = '9999_something_new'")
    assert (await client.get("/readyz")).status_code == 200


async def test_without_a_database_nothing_is_ready(make_client: Any) -> None:
    client = await make_client(database_url="postgresql://jobyard:secret@127.0.0.1:1/jobyard")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "database: cannot be reached" in answer.json()["detail"]
    assert "secret" not in answer.text


def test_metrics_of_processes(tmp_path: Any) -> None:
    """Two processes count; the gauge of the one that is dead is gone, its counter stays."""
    program = (
        "from jobyard.observability import SOCKETS, JOBS_SUBMITTED\n"
        "SOCKETS.set(3); JOBS_SUBMITTED.labels('demo.echo').inc(2)\n"
        "print('ready', flush=True); input()"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    registry = CollectorRegistry()
    registry.register(Processes(str(tmp_path)))

    def now() -> tuple[float | None, float | None]:
        submitted = registry.get_sample_value("jobyard_jobs_submitted_total", {"kind": "demo.echo"})
        return registry.get_sample_value("jobyard_sockets"), submitted

    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        assert now() == (6, 4)
        processes[0].communicate("\n", timeout=30)
        assert now() == (3, 4)
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=30)


LEADS = """
import sys
from jobyard.observability import JOBS, POOL_IN_USE, LeadersGauge
POOL_IN_USE.labels("engine").inc(2)
jobs = LeadersGauge(JOBS)
for line in sys.stdin:
    jobs.tell({("pending", "default", "high"): float(line)} if line.strip() else {})
    print("done", flush=True)
"""


def test_of_several_processes_the_one_that_leads_is_heard(tmp_path: Any) -> None:
    """In a folder that they share nothing can be taken away: who leads no more must be silent there, and not 0."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    command = [sys.executable, "-c", LEADS]
    first, second = (
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    )
    registry = CollectorRegistry()
    registry.register(Heard(Processes(str(tmp_path))))
    labels = {"state": "pending", "queue": "default", "priority": "high"}

    def told(process: Any, jobs: str) -> float | None:
        process.stdin.write(f"{jobs}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        return registry.get_sample_value("jobyard_jobs", labels)

    try:
        assert told(second, "") is None
        assert told(first, "70") == 70
        assert told(first, "0") == 0
        assert told(first, "70") == 70
        assert told(second, "") == 70
        assert told(first, "") is None
        assert told(second, "3") == 3  # it leads now
        assert told(first, "") == 3
        assert registry.get_sample_value("jobyard_pool_in_use", {"pool": "engine"}) == 4
        second.communicate(timeout=30)
        assert told(first, "") is None  # it has died
    finally:
        for process in (first, second):
            process.kill()
            process.communicate(timeout=30)
