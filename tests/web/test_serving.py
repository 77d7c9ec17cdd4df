import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
import pytest

from jobyard.postgres.embedded import free_port
from jobyard.serving import behind_proxies
from jobyard.settings import Settings

SECRET = "4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ"
SETTINGS = {"JOBYARD_SECRET": SECRET, "JOBYARD_PUBLIC_URL": "http://localhost:8080"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was sent by the client: it may lie
        ("127.0.0.1", None, "127.0.0.1"),
        ("203.0.113.1", "198.51.100.1", "203.0.113.1"),  # not our front door
    ],
)
async def test_the_front_door_alone_says_who_calls(
    monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: str | None, seen: str
) -> None:
    clients: list[str] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        del receive, send
        clients.append(scope["client"][0])

    for name, value in (SETTINGS | {"JOBYARD_DATABASE_URL": "postgresql://localhost/x"}).items():
        monkeypatch.setenv(name, value)
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    served = behind_proxies(app, Settings.read())
    await served({"type": "http", "client": (peer, 1), "headers": headers}, None, None)
    assert clients == [seen]


@pytest.mark.slow
async def test_served_for_real(database_url: str) -> None:
    """Two processes, their metrics on a port of its own, and exit code 0 after SIGTERM with nothing left."""
    await anyio.to_thread.run_sync(serve_for_real, database_url)


def serve_for_real(database_url: str) -> None:
    port, metrics_port = free_port(), free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")},
        **SETTINGS,
        "PYTHONPATH": str(Path(__file__).parents[2] / "backend"),
        "JOBYARD_DATABASE_URL": database_url,
        "JOBYARD_ENV": "development",
        "JOBYARD_LOG_JSON": "true",
        "JOBYARD_API_PORT": str(port),
        "JOBYARD_METRICS_PORT": str(metrics_port),
        "JOBYARD_API_PROCESSES": "2",
    }
    command = [sys.executable, "-m", "jobyard", "serve"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            log = cast("Any", server.stderr)
            for _ in range(2):
                while "Started worker-" not in (line := log.readline()):
                    assert line, "it ended before it served"
            assert json.loads(fetch(port, "/readyz"))["status"] == "ready"
            counted = 'jobyard_http_requests_total{method="GET",route="/readyz",status="200"} 1.0'
            deadline = time.monotonic() + 60  # a request is counted just after its answer
            while counted not in fetch(metrics_port, "/metrics"):
                assert time.monotonic() < deadline
            waiting = 'jobyard_jobs{priority="high",queue="default",state="pending"} 0.0\n'
            while waiting not in (metrics := fetch(metrics_port, "/metrics")):  # one of the two leads soon
                assert time.monotonic() < deadline
            assert metrics.count('queue="default",state="pending"') == 3
            assert 'jobyard_pool_size{pool="accounts"} 10.0' in metrics
            assert "Inf\n" not in metrics
            with pytest.raises(urllib.error.HTTPError, match="404"):
                fetch(port, "/metrics")
            folders = list(Path("/tmp").glob(f"jobyard-metrics-{server.pid}-*"))  # noqa: S108 - where it says it is
            server.send_signal(signal.SIGTERM)
            rest = log.read()  # ends when the last process that holds it has ended
            assert server.wait(timeout=60) == 0, rest
            assert not [folder for folder in folders if folder.exists()]
        finally:
            server.kill()


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.read().decode()
